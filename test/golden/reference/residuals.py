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


def run_length(up, down, limit, p):
    """Mean number of orders until a sum reaches the limit, by simulation-free iteration of the lattice chain."""

    def lattice(rise, height):
        # L(i) = 1 + (1-p) L(max(i-1, 0)) + p L(i+rise), solved downwards as L(i) = c + f·L(i-1).
        c, f = [0.0] * height, [0.0] * height
        for i in range(height - 1, -1, -1):
            const, slope = 0.0, 1.0
            if i + rise >= height:
                const, slope = 0.0, 0.0
            else:
                for j in range(i + rise, i, -1):
                    const, slope = const + slope * c[j], slope * f[j]
            if i == 0:
                return (1 + p * const) / (p * (1 - slope))
            c[i], f[i] = (1 + p * const) / (1 - p * slope), (1 - p) / (1 - p * slope)

    def between(x, of):
        low = math.floor(x)
        return of(low) if x == low else (1 - (x - low)) * of(low) + (x - low) * of(low + 1)

    return math.exp(
        between(limit / down, lambda h: between(up / down, lambda r: math.log(lattice(max(1, r), h))))
    )


def likelihood_cusum(series, p0, run):
    p1 = 2 * p0 / (1 + p0)
    up, down = math.log(p1 / p0), -math.log((1 - p1) / (1 - p0))
    low, high = 0.0, up
    while run_length(up, down, high, p0) < run:
        low, high = high, high * 1.5
    while high - low > 1e-6 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if run_length(up, down, middle, p0) < run else (low, middle)
    limit, total, judged = high, 0.0, []

    def walk(start, cases, size):
        """Every order one by one would be another order of them; between cases lie equally many others."""
        between = max(0, size - cases) / (cases + 1) * down
        total, peak = start, start if cases == 0 else 0
        for _ in range(cases):
            total = max(0, total - between) + up
            peak = max(peak, total)
        return peak, max(0, total - between)

    for point in series.points:
        cases, size = int(point.cases), int(point.size)
        peak, end = walk(total, cases, size)
        fewest = next(k for k in range(1, size + 1) if walk(total, k, size)[0] > limit)
        judged.append(clipped(p0, 0, (fewest - 0.5) / size, peak / limit))
        total = min(end, limit)
    return judged
