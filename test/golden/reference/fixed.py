"""threshold, percent-change, burn-rate and flatline."""

import math

from common import clipped, quantile


def threshold(series, above):
    """Anomalous where the whole of the Wilson interval lies above the limit."""
    reach, judged = [], []
    for point in series.points:
        reach.append(point.value)
        room = quantile(0.025) * math.sqrt(above * (1 - above) / point.size) if series.is_rate else 0
        edge = above + room
        top = 1 if series.is_rate and max(reach) <= 1 else math.inf
        floor = 0 if series.is_rate else -math.inf
        judged.append(clipped(0, min(min(reach), 0), edge, max(0, point.value / edge), floor, top))
    return judged


def by_chance(before, size, is_rate, sign):
    """The difference at which the two-sample test of pooled samples gives 3.5 deviations, by bisection."""

    def is_within(difference):
        pooled = before.value + sign * difference * size / (size + before.size)
        variance = pooled * (1 - pooled) if is_rate else pooled
        return difference**2 < 3.5**2 * variance * (1 / size + 1 / before.size)

    low, high = 0.0, 1.0
    while is_within(high):
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if is_within(middle) else (low, middle)
    return low


def percent_change(series):
    """Against the last good point of the same slot of the week."""
    good, seen, judged = {}, 0, []
    for point in series.points:
        before = good.get(point.slots["week"])
        if before is None or seen < 24:
            judged.append(None)
            good[point.slots["week"]], seen = point, seen + 1
            continue
        least = max(0.5 * before.value, 4 / point.size if series.is_rate else 0, 1e-9)
        rise, fall = (max(least, by_chance(before, point.size, series.is_rate, sign)) for sign in (1, -1))
        mean = before.value
        score = (point.value - mean) / rise if point.value >= mean else (mean - point.value) / fall
        judged.append(clipped(mean, mean - fall, mean + rise, score, 0, 1 if series.is_rate else math.inf))
        if judged[-1][3] <= 1:
            good[point.slots["week"]], seen = point, seen + 1
    return judged


def burn_rate(series, objective):
    budget, judged = 1 - objective, []
    for index, point in enumerate(series.points):
        pairs = []
        for long, short, burn in ((1, 1 / 12, 14.4), (6, 0.5, 6), (72, 6, 1)):

            def within(hours):
                past = [p for p in series.points[:index] if point.at.timestamp() - p.at.timestamp() < hours * 3600]
                return sum(p.cases for p in past), sum(p.size for p in past)

            (cases, size), (recent, of) = within(long), within(short)
            # What was before the first bucket had as many orders, and has burned nothing.
            known = point.at.timestamp() - series.points[0].at.timestamp() + series.bucket_seconds
            times = max(1, long * 3600 / known)
            pairs.append(
                [
                    (cases, burn * budget * times * (size + point.size)),
                    (recent, burn * budget * (of + point.size)),
                    (cases, 5),
                    (0, budget * point.size),
                ]
            )
        score = max(min((before + point.cases) / limit for before, limit in pair) for pair in pairs)
        edge = min(max(limit - before for before, limit in pair) for pair in pairs) / point.size
        judged.append(clipped(min(budget, edge), 0, edge, score, 0, 1))
    return judged


def by_score(value, mean, half, score):
    """The usual band, of which the nearer edge gives way so that the point is outside when its score is above 1."""
    half = max(half, 1e-3 * abs(mean), 1e-9)
    if score > 1 and abs(value - mean) <= 1e-9 * max(abs(value), abs(mean), 1):
        mean = value - half / 2
    reach = abs(value - mean)
    side = min(half, reach / score) if score > 1 else max(half, reach * (1 + 1e-9))
    up = value >= mean
    return clipped(mean, mean - (half if up else side), mean + (side if up else half), score, -math.inf)


def flatline(series):
    values, runs, moved, judged = [], [], [], []  # `runs` are those that have ended and were usual
    for point in series.points:
        values.append(point.value)
        run = next((n for n, v in enumerate(reversed(values)) if v != point.value), len(values))
        if run == 1 and len(values) > 1:
            ended = next((n for n, v in enumerate(reversed(values[:-1])) if v != values[-2]), len(values) - 1)
            if ended <= max(6, 3 * max(runs, default=0)) or sum(a != b for a, b in zip(values[:-1], values[1:-1])) < 24:
                runs.append(ended)
        usual = max(6, 3 * max(runs, default=0))
        changes = sum(a != b for a, b in zip(values, values[1:]))
        mean, departure = running(moved)
        if run <= usual:
            moved.append(point.value)
        judged.append(None if changes < 24 else by_score(point.value, mean, 3 * departure, run / usual))
    return judged


def running(values):
    """Mean and mean departure, each value against the mean of those before it; beyond 336 they fade."""
    mean = departure = 0.0
    for count, value in enumerate(values, 1):
        departure += (abs(value - mean) - departure) / min(count, 336)
        mean += (value - mean) / min(count, 336)
    return mean, departure
