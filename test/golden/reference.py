"""The golden series and what the detectors must say of them, computed a second time.

A plain implementation of the formulas that the detectors cite, from the whole history at every point: no running
sums, no state, no shared code. Run by hand when a formula changes: python3 test/golden/reference.py
Inputs are seeded and made up: a shop without Saturdays, a week's rhythm, one spike, one incident of five days.
"""

import csv
import datetime as dt
import math
import pathlib
import random
import statistics

HERE = pathlib.Path(__file__).parent
WIDTH, WINDOW, WARM_UP, K, H = 3.0, 28, 24, 0.75, 4.0


def variance_of_case(p):
    return p * max(1 - p, 0.01)


def count_skewness(phi, variance, asymmetry):
    return (2 * phi - 1) * asymmetry / math.sqrt(phi * variance)


def band(value, p, smallest):
    student = 1 + (WIDTH**2 + 1) / (4 * max(1, p["nu"]))
    term = (WIDTH**2 - 1) * p["skew"] / 6

    def side(t):
        return max(p["sd"] * student * min(max(WIDTH + t, WIDTH / 2), 2 * WIDTH), smallest)

    score = (value - p["mean"]) / side(term) if value >= p["mean"] else (p["mean"] - value) / side(-term)
    return max(p["mean"] - side(-term), 0), min(p["mean"] + side(term), p["top"]), score


def z_score(points, is_rate):
    learned, judged = [], []
    for index, (_, cases, size) in enumerate(points):
        value = cases / size
        if index < WARM_UP:
            learned.append((value, size))
            judged.append(None)
            if index == WARM_UP - 1:
                middle = statistics.median(y for y, _ in learned)
                distances = [(y - middle) * math.sqrt(n) for y, n in learned]
                centre = statistics.median(distances)
                mad = statistics.median(abs(d - centre) for d in distances)
                learned = [
                    (y, n) for y, n in learned if abs(y - middle) * math.sqrt(n) <= 6 * 1.4826 * mad
                ]
            continue
        base = learned[-WINDOW:]
        m = len(base)
        if is_rate:
            total = math.fsum(n for _, n in base)
            mean = (math.fsum(y * n for y, n in base) + 0.5) / (total + 1)
            pooled = math.fsum(y * n for y, n in base) / total
            v = variance_of_case(mean)
            chi = math.fsum(n * (y - pooled) ** 2 for y, n in base) / v
            phi = max(1, (20 + chi) / (10 + m - 1))
            sd = math.sqrt(phi * v * (1 / size + 1 / (total + 1)))
            p = dict(mean=mean, sd=sd, skew=count_skewness(phi, size * v, 1 - 2 * mean), nu=m + 9, top=1)
        else:
            mean = statistics.mean(y for y, _ in base)
            sd = max(statistics.stdev(y for y, _ in base), math.sqrt(max(1, mean)))
            skew = count_skewness(sd**2 / mean, mean, 1)
            p = dict(mean=mean, sd=sd * math.sqrt(1 + 1 / m), skew=skew, nu=m - 1, top=math.inf)
        lower, upper, score = band(value, p, 4 / size if is_rate else 0)
        judged.append((mean, lower, upper, score))
        if score <= 1:
            learned.append((value, size))
    return judged


class Rhythm:
    """Level × weekday profile, every sum made from the list of what was learned."""

    def __init__(self, is_rate):
        self.is_rate, self.half = is_rate, 0.5 if is_rate else 0
        self.learned = []  # slot, cases, size, level then
        self.levels = []  # cases, usual
        self.residuals = []

    @staticmethod
    def fading(values, memory):
        return math.fsum(v * (1 - 1 / memory) ** age for age, v in enumerate(reversed(values)))

    def expect(self, slot, size):
        here = [r for r in self.learned if r[0] == slot]
        cases, exposure = (self.fading(v, 8) for v in ([r[1] for r in here], [r[2] * r[3] for r in here]))
        total, volume = (
            self.fading(v, 56) for v in ([r[1] for r in self.learned], [r[2] * r[3] for r in self.learned])
        )
        overall = (total + self.half) / (volume + 2 * self.half) if volume + self.half > 0 else 0
        profile = (cases + self.half) / (exposure + (self.half / overall if self.half else 0)) if here else overall
        recent, usual = (self.fading(v, 28) for v in zip(*self.levels)) if self.levels else (0, 0)
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
        weight = self.fading([1] * len(self.residuals), 28)
        if seen < 2 or (not self.is_rate and weight < 6):
            return None
        squares = self.fading(self.residuals, 28)
        if self.is_rate:
            phi, p = max(1, (20 + squares) / (10 + weight)), mean / size
            skew = count_skewness(phi, size * variance_of_case(p), 1 - 2 * p)
            return dict(mean=p, sd=math.sqrt(phi * variance) / size, skew=skew, nu=weight + 10, top=1)
        sd = max(math.sqrt(squares / weight * variance), math.sqrt(max(1, mean)))
        return dict(mean=mean, sd=sd, skew=count_skewness(sd**2 / mean, mean, 1), nu=weight, top=math.inf)

    def learn(self, slot, cases, size):
        mean, variance, level, profile, seen = self.expect(slot, size)
        if seen:
            self.residuals.append((cases - mean) ** 2 / variance)
            self.levels.append((cases, size * profile))
        self.learned.append((slot, cases, size, level))


def seasonal(points, is_rate):
    rhythm, judged = Rhythm(is_rate), []
    for day, cases, size in points:
        p = rhythm.predict(day.weekday(), size)
        result = None
        if p:
            result = (p["mean"], *band(cases / size, p, 4 / size if is_rate else 0))
        judged.append(result)
        if result is None or result[3] <= 1:
            rhythm.learn(day.weekday(), cases, size)
    return judged


def cusum(points, is_rate):
    rhythm, judged, up, down = Rhythm(is_rate), [], 0.0, 0.0
    for day, cases, size in points:
        p, value = rhythm.predict(day.weekday(), size), cases / size
        if p is None:
            judged.append(None)
            rhythm.learn(day.weekday(), cases, size)
            continue
        unit = max(p["sd"], 1 / size if is_rate else 0)
        above, below = (unit * (1 + min(1, max(0, s / 4))) for s in (p["skew"], -p["skew"]))
        z = (value - p["mean"]) / (above if value >= p["mean"] else below)
        lower, upper = p["mean"] - below * (H + K - down), p["mean"] + above * (H + K - up)
        up, down = max(0, up + z - K), max(0, down - z - K)
        score = max(up, down) / H
        judged.append((p["mean"], max(0, lower), min(upper, p["top"]), score))
        up, down = min(up, H), min(down, H)
        if score <= 1:
            rhythm.learn(day.weekday(), cases, size)
    return judged


def days():
    day = dt.date(2024, 2, 1)
    while day < dt.date(2024, 5, 10):
        if day.weekday() != 5:
            yield day
        day += dt.timedelta(days=1)


def main():
    rng = random.Random(20240201)
    rates, counts = [], []
    for index, day in enumerate(days()):
        size = max(1, round(rng.gauss(900, 120) * (0.6 if day.weekday() == 6 else 1)))
        p = 0.03 * rng.gammavariate(20, 1 / 20) * (1.3 if day.weekday() == 0 else 1)
        p *= 3 if index == 45 else 1.9 if 60 <= index < 65 else 1
        rates.append((day, sum(rng.random() < p for _ in range(size)), size))
        mean = 120 * rng.gammavariate(60, 1 / 60) * (0.5 if day.weekday() == 6 else 1)
        mean *= 2.5 if index == 50 else 0.6 if 66 <= index < 71 else 1
        counts.append((day, round(mean), 1))
    for name, points, is_rate in (("daily-rate", rates, True), ("daily-count", counts, False)):
        results = [judge(points, is_rate) for judge in (z_score, seasonal, cusum)]
        with open(HERE / f"{name}.csv", "w", newline="") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(
                ["date", "numerator", "denominator"]
                + [f"{d} {f}" for d in ("z-score", "seasonal", "cusum") for f in ("expected", "lower", "upper", "score")]
            )
            for at, (day, cases, size) in enumerate(points):
                cells = [c for r in results for c in ([f"{x:.12g}" for x in r[at]] if r[at] else [""] * 4)]
                out.writerow([day, cases, size if is_rate else "", *cells])


main()
