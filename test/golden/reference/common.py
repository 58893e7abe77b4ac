"""What several references share: kinds of points, the variance of counts, the band."""

import math
from dataclasses import dataclass, field
from statistics import NormalDist


@dataclass
class Point:
    at: object  # start of the bucket, an aware datetime in the shop's time zone
    cases: float
    size: float = 1
    slots: dict = field(default_factory=dict)  # period -> slot

    @property
    def value(self):
        return self.cases / self.size


@dataclass
class Series:
    points: list
    is_rate: bool
    bucket_seconds: int

    @property
    def daily(self):
        return self.bucket_seconds >= 86_400

    @property
    def width(self):
        return 3 if self.daily else 3.5

    @property
    def week(self):
        return 28 if self.daily else 168


def variance_of_case(p):
    return p * max(1 - p, 0.01)


def count_skewness(phi, variance, asymmetry):
    return (2 * phi - 1) * asymmetry / math.sqrt(phi * variance)


def dispersion(squares, freedom):
    return max(1, (20 + squares) / (10 + max(0, freedom)))


def band(value, p, width, smallest):
    """Half widths by the first Cornish-Fisher term and Student's correction; the score is the distance in them."""
    student = 1 if p["nu"] == math.inf else 1 + (width**2 + 1) / (4 * max(1, p["nu"]))
    term = (width**2 - 1) * p["skew"] / 6

    def side(t):
        return max(p["sd"] * student * min(max(width + t, width / 2), 2 * width), smallest)

    score = (value - p["mean"]) / side(term) if value >= p["mean"] else (p["mean"] - value) / side(-term)
    return clipped(p["mean"], p["mean"] - side(-term), p["mean"] + side(term), score, p.get("floor", 0), p["top"])


def clipped(mean, lower, upper, score, floor=0, top=math.inf):
    return mean, min(max(lower, floor), mean), max(min(upper, max(top, mean)), mean), score


def fading(values, memory):
    """Sum with weights that fall by 1 - 1/memory from the last value on."""
    keep = 1 - 1 / memory
    return math.fsum(v * keep**age for age, v in enumerate(reversed(values)))


def predict_rate(mean, variance, size, phi, weight):
    p = mean / size
    return dict(
        mean=p,
        sd=math.sqrt(phi * variance) / size,
        skew=count_skewness(phi, size * variance_of_case(p), 1 - 2 * p),
        nu=weight + 10,
        top=1,
    )


def predict_count(mean, variance, phi, weight):
    count = max(1, mean)
    sd = max(math.sqrt(phi * variance), math.sqrt(count), 1e-3 * mean)
    return dict(mean=mean, sd=sd, skew=count_skewness(sd**2 / count, count, 1), nu=weight, top=math.inf)


def quantile(tail):
    return -NormalDist().inv_cdf(tail)
