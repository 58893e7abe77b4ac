"""z-score in its three forms, and rate: everything from the list of points that were learned."""

import math
import statistics

from common import band, clipped, count_skewness, dispersion, quantile, variance_of_case

WARM_UP = 24


def warmed_up(points):
    """The warm-up without what is further than six robust deviations from its median."""
    pairs = [(p.value, p.size) for p in points[:WARM_UP]]
    middle = statistics.median(y for y, _ in pairs)
    distances = [(y - middle) * math.sqrt(n) for y, n in pairs]
    centre = statistics.median(distances)
    mad = statistics.median(abs(d - centre) for d in distances)
    return [(y, n) for y, n in pairs if abs(y - middle) * math.sqrt(n) <= 6 * 1.4826 * mad]


def judged_by(series, predict):
    learned, judged = warmed_up(series.points), [None] * WARM_UP
    for point in series.points[WARM_UP:]:
        prediction = predict(learned, point.size)
        result = band(point.value, prediction, series.width, 4 / point.size if series.is_rate else 0)
        judged.append(result)
        if result[3] <= 1:
            learned.append((point.value, point.size))
    return judged


def of_rate(mean, squares, points, weight, size):
    v = variance_of_case(mean)
    phi = dispersion(squares / v, points - 1)
    sd = math.sqrt(phi * v * (1 / size + 1 / (weight + 1)))
    return dict(mean=mean, sd=sd, skew=count_skewness(phi, size * v, 1 - 2 * mean), nu=points + 9, top=1)


def of_count(mean, spread, count):
    sd = max(spread, math.sqrt(max(1, mean)))
    skew = count_skewness(sd**2 / max(1, mean), max(1, mean), 1)
    return dict(mean=mean, sd=sd * math.sqrt(1 + 1 / count), skew=skew, nu=count - 1, top=math.inf)


def moments(pairs):
    weight = math.fsum(n for _, n in pairs)
    mean = math.fsum(y * n for y, n in pairs) / weight
    return weight, mean, math.fsum(n * (y - mean) ** 2 for y, n in pairs)


def z_score(series):
    def predict(learned, size):
        base = learned[-series.week :]
        weight, mean, squares = moments(base)
        if series.is_rate:
            return of_rate((mean * weight + 0.5) / (weight + 1), squares, len(base), weight, size)
        return of_count(mean, statistics.stdev(y for y, _ in base), len(base))

    return judged_by(series, predict)


def robust_z_score(series):
    def predict(learned, size):
        base = learned[-series.week :]
        weight, mean, _ = moments(base)
        middle = statistics.median(y for y, _ in base)
        spread = 1.4826 * statistics.median(abs(y - middle) for y, _ in base)
        if series.is_rate:
            rate = middle if middle > 0 else (mean * weight + 0.5) / (weight + 1)
            return of_rate(rate, weight * spread**2, len(base), weight, size)
        return of_count(middle, spread, len(base))

    return judged_by(series, predict)


def fading_z_score(series):
    keep = 1 - 1 / series.week

    def predict(learned, size):
        weights = [keep**age for age in range(len(learned))][::-1]
        pairs = [(y, n * w) for (y, n), w in zip(learned, weights)]
        weight, mean, squares = moments(pairs)
        points = math.fsum(weights)
        count = weight**2 / math.fsum((n * w) ** 2 for (_, n), w in zip(learned, weights))
        if series.is_rate:
            return of_rate((mean * weight + 0.5) / (weight + 1), squares, points, weight, size)
        return of_count(mean, math.sqrt(squares * count / (weight * max(1, count - 1))), count)

    return judged_by(series, predict)


def log_beta_binomial(count, size, a, b):
    def log_beta(x, y):
        return math.lgamma(x) + math.lgamma(y) - math.lgamma(x + y)

    choose = math.lgamma(size + 1) - math.lgamma(count + 1) - math.lgamma(size - count + 1)
    return choose + log_beta(count + a, size - count + b) - log_beta(a, b)


def rate(series):
    """The tail of the beta-binomial law, summed over every count that is at least as far out."""
    false_alarm, least = (1e-3 if series.daily else 1e-4), 4
    learned, judged = warmed_up(series.points), [None] * WARM_UP
    for point in series.points[WARM_UP:]:
        base = learned[-series.week :]
        weight, mean, squares = moments(base)
        p = (mean * weight + 0.5) / (weight + 1)
        phi = dispersion(squares / variance_of_case(p), len(base) - 1)
        rho = min(max((phi - 1) / max(1, weight / len(base) - 1) + phi / weight, 1e-9), 0.5)
        total = 1 / rho - 1
        size, count, expected = int(point.size), round(point.cases), point.size * p
        law = [math.exp(log_beta_binomial(k, size, p * total, (1 - p) * total)) for k in range(size + 1)]

        def upper(k):
            return math.fsum(law[k:])

        def lower(k):
            return math.fsum(law[: k + 1])

        above = next((k for k in range(int(expected) + 1, size + 1) if upper(k) < false_alarm), size + 1)
        below = next((k for k in range(math.ceil(expected) - 1, -1, -1) if lower(k) < false_alarm), -1)
        tail = upper(count) if count >= expected else lower(count)
        score = min(math.sqrt(math.log(tail) / math.log(false_alarm)), abs(count - expected) / least)
        low = (min(below, math.floor(expected - least)) + 0.5) / size
        high = (max(above, math.ceil(expected + least)) - 0.5) / size
        assert size * math.sqrt(p * (1 - p) / size * (1 + (size - 1) * rho)) < 100, quantile
        judged.append(clipped(p, low, high, score, 0, 1))
        if score <= 1:
            learned.append((point.value, point.size))
    return judged
