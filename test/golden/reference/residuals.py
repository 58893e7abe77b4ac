"""Level times profile, and the statistics on what it leaves: cusum, ewma, level-shift. Then cusum by likelihood."""

import math

from common import clipped, count_skewness, dispersion, fading, variance_of_case

SLOT_MEMORY = 8


class Profile:
    """Level × slot of the week, every sum made from the list of what was learned."""

    def __init__(self, series):
        self.series, self.is_rate, self.half = series, series.is_rate, 0.5 if series.is_rate else 0
        self.memory = series.week
        self.slots = 7 if series.daily else 168
        self.learned = []  # slot, cases, size, level then
        self.levels = []  # cases, usual
        self.residuals = []

    def expect(self, slot, size):
        here = [r for r in self.learned if r[0] == slot]
        cases = fading([r[1] for r in here], SLOT_MEMORY)
        exposure = fading([r[2] * r[3] for r in here], SLOT_MEMORY)
        total = fading([r[1] for r in self.learned], SLOT_MEMORY * self.slots)
        volume = fading([r[2] * r[3] for r in self.learned], SLOT_MEMORY * self.slots)
        overall = (total + self.half) / (volume + 2 * self.half) if volume + self.half > 0 else 0
        prior = self.half / overall if self.half else 0
        profile = (cases + self.half) / (exposure + prior) if here else overall
        recent, usual = (fading(v, self.memory) for v in zip(*self.levels)) if self.levels else (0, 0)
        level = (recent + self.half) / (usual + self.half) if usual + self.half else 1
        mean = size * level * profile
        parts = (cases + self.half, recent + self.half)
        known = math.fsum(1 / part for part in parts) if all(parts) else math.inf
        if self.is_rate:
            variance = size * variance_of_case(mean / size) + mean**2 * known
        else:
            variance = max(mean, 0.05 * overall) + mean**2 * min(1 / mean if mean else 0, known)
        return mean, variance, level, profile, len(here)

    def predict(self, slot, size):
        mean, variance, _, _, seen = self.expect(slot, size)
        weight = fading([1] * len(self.residuals), self.memory)
        if seen < 2 or (not self.is_rate and weight < 6):
            return None
        squares = fading(self.residuals, self.memory)
        if self.is_rate:
            phi, p = dispersion(squares, weight), mean / size
            skew = count_skewness(phi, size * variance_of_case(p), 1 - 2 * p)
            return dict(mean=p, sd=math.sqrt(phi * variance) / size, skew=skew, top=1)
        sd = max(math.sqrt(squares / weight * variance), math.sqrt(max(1, mean)))
        return dict(mean=mean, sd=sd, skew=count_skewness(sd**2 / mean, mean, 1), top=math.inf)

    def learn(self, slot, cases, size):
        mean, variance, level, profile, seen = self.expect(slot, size)
        if seen:
            self.residuals.append((cases - mean) ** 2 / variance)
            self.levels.append((cases, size * profile))
        self.learned.append((slot, cases, size, level))


def on_residuals(series, step):
    """`step` takes the past residuals and the new one; it answers the edges below and above, and the score."""
    profile, past, judged = Profile(series), [], []
    for point in series.points:
        slot = point.slots["week"]
        p = profile.predict(slot, point.size)
        if p is None:
            judged.append(None)
            profile.learn(slot, point.cases, point.size)
            continue
        unit = max(p["sd"], 1 / point.size if series.is_rate else 0)
        above, below = (unit * (1 + min(1, max(0, s / 4))) for s in (p["skew"], -p["skew"]))
        z = (point.value - p["mean"]) / (above if point.value >= p["mean"] else below)
        lower, upper, score = step(past, z)
        past.append(z)
        judged.append(clipped(p["mean"], p["mean"] + below * lower, p["mean"] + above * upper, score, 0, p["top"]))
        if score <= 1:
            profile.learn(slot, point.cases, point.size)
    return judged


def cusum(series):
    k, h = 0.75, 4.0 if series.daily else 6.0

    def sums(past):
        up = down = 0.0
        for z in past:
            up, down = min(h, max(0, up + z - k)), min(h, max(0, down - z - k))
        return up, down

    def step(past, z):
        up, down = sums(past)
        return -(h + k - down), h + k - up, max(0, up + z - k, down - z - k) / h

    return on_residuals(series, step)


def ewma(series):
    weight, width = 0.25, 3.5
    limit = width * math.sqrt(weight / (2 - weight))

    def step(past, z):
        average = 0.0
        for before in past:
            average = min(limit, max(-limit, (1 - weight) * average + weight * before))
        carried = (1 - weight) * average
        return (-limit - carried) / weight, (limit - carried) / weight, abs(carried + weight * z) / limit

    return on_residuals(series, step)


def level_shift(series):
    window, threshold = 30, 4.5
    memory, signalled = [], [False]  # tempered residuals; whether the last point was of a shift

    def tempered(z):
        return math.copysign(min(abs(z), 3) + max(0, abs(z) - 3) / 3, z)

    def ratios(sign, last):
        """(Sum of the last n with the new point) / √n over all starts from the point before on."""
        sums = [sign * math.fsum(memory[-back:]) for back in range(1, min(len(memory), window - 1) + 1)] or [0]
        return [(s + last) / math.sqrt(n) for n, s in enumerate(sums, 2)], sums

    def needed(sign):
        _, sums = ratios(sign, 0)
        least = min(threshold * math.sqrt(n) - s for n, s in enumerate(sums, 2))
        return max(0.5, least if least <= 3 else 3 + 3 * (least - 3))

    def step(_, z):
        up, down = needed(1), needed(-1)
        sign = 1 if z >= 0 else -1
        greatest = max(ratios(sign, abs(tempered(z)))[0]) / threshold if z else 0
        reached = z > up or z < -down
        memory.append(tempered(z))
        del memory[: -(window - 1)]
        if signalled[0] and not reached:
            memory[:] = [tempered(z)]
        signalled[0] = reached
        return -down, up, max(greatest, 1 + 1e-9) if reached else min(max(greatest, 0), 1)

    return on_residuals(series, step)


def run_length(up, down, limit, size, p):
    """Mean orders until a sum is beyond the limit at the end of a bucket: its distribution, bucket by bucket."""
    points = max(60, math.ceil(14 * limit / (math.sqrt(size * p * (1 - p)) * (up + down))))
    grid = limit / (points + 0.5)
    log_odds = math.log(p / (1 - p))
    log_chance = [
        math.lgamma(size + 1) - math.lgamma(k + 1) - math.lgamma(size - k + 1) + k * log_odds + size * math.log(1 - p)
        for k in range(size + 1)
    ]
    moves = [((k * up - (size - k) * down) / grid, math.exp(c)) for k, c in enumerate(log_chance) if c > -27]
    here, alive, buckets, before = {0: 1.0}, 1.0, 0.0, 0.0
    while True:
        buckets += alive
        there = {}
        for at, mass in here.items():
            for by, chance in moves:
                place = max(0.0, at + by)
                low = math.floor(place)
                for to, share in ((low, 1 - (place - low)), (low + 1, place - low)):
                    if to <= points:
                        there[to] = there.get(to, 0.0) + mass * chance * share
        left = sum(there.values())
        alarm = 1 - left / alive
        if before > 0 and abs(alarm - before) < 1e-7 * alarm:
            return size * (buckets + left / alarm)
        here, alive, before = there, left, alarm


def limit_for(up, down, size, p, run):
    low, high = min(1, up), min(1, up)
    while run_length(up, down, high, size, p) < max(run, 10 * size):
        low, high = high, 2 * high
    while high - low > 1e-4:
        middle = (low + high) / 2
        low, high = (middle, high) if run_length(up, down, middle, size, p) < run else (low, middle)
    return high


def likelihood_cusum(series, p0, run):
    p1 = 2 * p0 / (1 + p0)
    up, down = math.log(p1 / p0), -math.log((1 - p1) / (1 - p0))
    limits, total, judged = {}, 0.0, []
    for point in series.points:
        # Limits are found for sizes half an octave apart; between them they are interpolated.
        place = 2 * math.log2(point.size)
        low = math.floor(place)
        for step in (low, low + 1):
            if step not in limits:
                limits[step] = limit_for(up, down, round(2 ** (step / 2)), p0, run)
        limit = (low + 1 - place) * limits[low] + (place - low) * limits[low + 1]
        start = min(total, limit)
        after = max(0.0, start + point.cases * up - (point.size - point.cases) * down)
        edge = (limit - start + point.size * down) / (up + down)  # cases at which the sum would be at the limit
        judged.append(clipped(p0, 0, edge / point.size, after / limit))
        total = min(after, limit)
    return judged
