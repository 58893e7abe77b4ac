"""seasonal: level, trend and several rhythms, from lists of everything that was learned."""

import math
import statistics

from common import band, dispersion, predict_count, predict_rate, variance_of_case

CLIP, LEAST_CLIP, CLIPPED_SQUARE = 2, 2, 0.9205
SLOT_MEMORY = 8
SLOTS = {"day": 24, "week": 168, "month": 21}


class Season:
    """For rates and for counts with something in them, which both multiply."""

    def __init__(self, series, periods):
        self.series, self.periods = series, periods
        self.half = 0.5 if series.is_rate else 0
        self.levels = []  # clock in points, usual, seen
        self.clock, self.last = 0.0, None
        self.visits = {period: {} for period in periods}  # slot -> [(date, [(seen, usual)])]
        self.squares = []
        self.base = 1.0

    @property
    def phi(self):
        squares, weight = self.faded(self.squares), self.faded([1] * len(self.squares))
        return (dispersion(squares, weight) if self.series.is_rate else squares / weight), weight

    def faded(self, values):
        keep = 1 - 1 / self.series.week
        return math.fsum(v * keep**age for age, v in enumerate(reversed(values)))

    def is_cold(self, point):
        return any(
            len([d for d, _ in self.visits[period].get(point.slots[period], []) if d != point.at.date()]) < 2
            for period in self.periods
        )

    def ahead(self, at):
        if self.last is None:
            return 0
        steps = round((at.timestamp() - self.last.timestamp()) / self.series.bucket_seconds)
        return self.series.week * (1 - (1 - 1 / self.series.week) ** steps)

    def level(self, at):
        """Weighted least squares of seen/usual on the clock, the slope with a prior; and its part of the variance."""
        phi, _ = self.phi
        ridge = phi * (86_400 / self.series.bucket_seconds / 0.01) ** 2
        weights = [(1 - 1 / self.series.week) ** age for age in range(len(self.levels))][::-1]
        now = self.clock + self.ahead(at)
        usual = math.fsum(w * u for w, (_, u, _) in zip(weights, self.levels))
        seen = math.fsum(w * s for w, (_, _, s) in zip(weights, self.levels))
        middle = math.fsum(w * u * c for w, (c, u, _) in zip(weights, self.levels)) / usual
        spread = math.fsum(w * u * (c - middle) ** 2 for w, (c, u, _) in zip(weights, self.levels))
        slope = math.fsum(w * s * (c - middle) for w, (c, _, s) in zip(weights, self.levels)) / (spread + ridge)
        level = (seen + self.half) / (usual + self.half) + slope * (now - middle)
        return max(level, 1e-9), seen, (now - middle) ** 2 / (spread + ridge)

    def sums(self, period, slot):
        keep, visits = 1 - 1 / SLOT_MEMORY, self.visits[period].get(slot, [])
        faded = [(keep**age, pair) for age, (_, pairs) in enumerate(reversed(visits)) for pair in pairs]
        return math.fsum(w * s for w, (s, _) in faded), math.fsum(w * u for w, (_, u) in faded)

    def look(self, point):
        level, recent, trend = self.level(point.at)
        phi, _ = self.phi
        indices, known = {}, 1 / (recent + self.half) + trend / level
        for nth, period in enumerate(self.periods):
            prior = self.half if nth == 0 else self.half + phi / 0.2**2
            seen, usual = self.sums(period, point.slots[period])
            indices[period] = (seen + prior) / (usual + prior) if usual + prior else 1
            known += 1 / (seen + prior) if seen + prior else math.inf
        mean = point.size * self.base * level * math.prod(indices.values())
        if self.series.is_rate:
            mean = min(mean, point.size)
        return mean, self.variance(mean, point.size, known), level, indices

    def variance(self, mean, size, known=0):
        if self.series.is_rate:
            return size * variance_of_case(mean / size) + mean**2 * known
        return max(mean, 0.05 * self.base) + min(mean, mean**2 * known)

    def predict(self, point, look):
        phi, weight = self.phi
        if self.series.is_rate:
            return predict_rate(look[0], look[1], point.size, phi, weight)
        return predict_count(look[0], look[1], phi, weight)

    def learn(self, point, look):
        mean, variance, level, indices = look
        cold = self.is_cold(point)
        cases = point.cases
        if not cold:
            reach = max(CLIP * self.predict(point, look)["sd"] * point.size, LEAST_CLIP)
            cases = max(0, min(max(point.cases, mean - reach), mean + reach))
            self.squares.append((point.cases - mean) ** 2 / variance)
            everything = point.size * self.base * math.prod(indices.values())
            self.note_level(point.at, everything, cases)
        for period in self.periods:
            others = math.prod(v for k, v in indices.items() if k != period)
            self.note_slot(period, point, cases, point.size * self.base * level * others)

    def note_level(self, at, usual, seen):
        self.clock, self.last = self.clock + self.ahead(at), at
        self.levels.append((self.clock, usual, seen))

    def note_slot(self, period, point, seen, usual):
        visits = self.visits[period].setdefault(point.slots[period], [])
        if not visits or visits[-1][0] != point.at.date():
            visits.append((point.at.date(), []))
        visits[-1][1].append((seen, usual))

    def begin(self, points):
        """Median polish with clipped means; the hours of the day stand in for the week's where nobody asked for them."""
        aside = ["day"] if "week" in self.periods and "day" not in self.periods and not self.series.daily else []
        rhythms, half = self.periods + aside, self.half
        base = (sum(p.cases for p in points) + half) / (sum(p.size for p in points) + 2 * half)
        index = {rhythm: {} for rhythm in rhythms}
        told = max(len({p.slots[rhythm] for p in points}) for rhythm in rhythms)
        freedom = max(1 - told / len(points), 0.25)

        def without(point, left=()):
            return point.size * base * math.prod(
                index[r].get(point.slots[r], 1) for r in rhythms if r not in left
            )

        def spread():
            squares = []
            for p in points:
                mean = without(p)
                squares.append((p.cases - mean) ** 2 / self.start_variance(mean, p.size))
            return max(statistics.median(squares) / 0.4549 / freedom, 1)

        def drawn(cases, mean, size, phi):
            sd = math.sqrt(phi * self.start_variance(mean, size))
            if abs(cases - mean) > max(3.5 * sd, 2 * LEAST_CLIP):
                return mean
            reach = max(CLIP * sd, LEAST_CLIP)
            return min(max(cases, mean - reach), mean + reach)

        for _ in range(3):
            for rhythm in rhythms:
                phi, fitted = spread(), {}
                for slot in {p.slots[rhythm] for p in points}:
                    here = [(p, without(p, [rhythm])) for p in points if p.slots[rhythm] == slot]
                    ratios = sorted(p.cases / usual if usual > 0 else 1 for p, usual in here)
                    middle = min(
                        ratios[(len(ratios) - 1) // 2], ratios[len(ratios) // 2], key=lambda ratio: abs(ratio - 1)
                    )
                    seen = half + math.fsum(drawn(p.cases, middle * usual, p.size, phi) for p, usual in here)
                    fitted[slot] = seen / (half + math.fsum(usual for _, usual in here))
                index[rhythm] = fitted
        phi, self.base = spread(), base
        for point in points:
            mean = without(point)
            cases = drawn(point.cases, mean, point.size, phi)
            self.squares.append((cases - mean) ** 2 / self.variance(mean, point.size) / CLIPPED_SQUARE / freedom)
            self.note_level(point.at, mean, cases)
            for period in self.periods:
                left = [period, *aside] if period == "week" else [period]
                self.note_slot(period, point, cases, without(point, left))

    def start_variance(self, mean, size):
        least = max(mean, 1e-9)
        return size * variance_of_case(min(1, least / size)) if self.series.is_rate else least


def seasonal(series, periods):
    season, first, judged = Season(series, periods), [], []
    finest = max(periods, key=lambda period: SLOTS[period])
    for point in series.points:
        if first is not None:
            dates = {p.at.date() for p in first if p.slots[finest] == point.slots[finest]} - {point.at.date()}
            if len(dates) < 2:
                first.append(point)
                judged.append(None)
                continue
            season.begin(first)
            first = None
        look = season.look(point)
        if season.is_cold(point) or (not series.is_rate and season.phi[1] < 6):
            judged.append(None)
            season.learn(point, look)
            continue
        prediction = season.predict(point, look)
        judged.append(band(point.value, prediction, series.width, 4 / point.size if series.is_rate else 0))
        if judged[-1][3] <= 1:
            season.learn(point, look)
    return judged
