"""The golden series and what the detectors must say of them, computed a second time.

A plain implementation of the formulas that the detectors cite, from the whole history at every point: no running sums,
no state, no shared code, nothing but Python's own library. Run by hand when a formula changes:

    python3 test/golden/reference

It takes about a minute and writes test/golden/*.csv. The inputs are seeded and made up: two days' series of a shop without
Saturdays, and two hours' series over a change of the clocks, with rhythms, growth, accidents and incidents. None of them
has a level that stays for long enough to be accepted, which the detectors' own tests are about.
"""

import csv
import datetime as dt
import math
import pathlib
import random
import zoneinfo

import auto_rates
import auto_values
import fixed
import residuals
import season
import windows
from common import Point, Series

HERE = pathlib.Path(__file__).parent.parent
LONDON = zoneinfo.ZoneInfo("Europe/London")
FIELDS = ("expected", "lower", "upper", "score")


def day_slots(at):
    return dict(week=at.weekday(), weekday=at.weekday())


def hour_slots(at):
    return dict(day=at.hour, weekday=at.weekday(), week=24 * at.weekday() + at.hour)


def trading_days():
    day = dt.datetime(2024, 2, 1, tzinfo=LONDON)
    while day.date() < dt.date(2024, 5, 10):
        if day.weekday() != 5:
            yield day
        day += dt.timedelta(days=1)


def daily():
    rng = random.Random(20240201)
    rates, counts = [], []
    for index, day in enumerate(trading_days()):
        size = max(1, round(rng.gauss(900, 120) * (0.6 if day.weekday() == 6 else 1)))
        p = 0.03 * rng.gammavariate(20, 1 / 20) * (1.3 if day.weekday() == 0 else 1)
        p *= 3 if index == 45 else 1.9 if 60 <= index < 65 else 1
        rates.append(Point(day, sum(rng.random() < p for _ in range(size)), size, day_slots(day)))
        mean = 120 * rng.gammavariate(60, 1 / 60) * (0.5 if day.weekday() == 6 else 1)
        mean *= 2.5 if index == 50 else 0.6 if 66 <= index < 71 else 1
        counts.append(Point(day, round(mean), 1, day_slots(day)))
    return Series(rates, True, 86_400), Series(counts, False, 86_400)


def hourly():
    """Four weeks over the day that gains an hour; a shop by day, an accident in the first week, an incident in the last."""
    rng = random.Random(20241007)
    start = dt.datetime(2024, 10, 6, 23, tzinfo=dt.timezone.utc)
    rates, counts = [], []
    for index in range(28 * 24):
        at = (start + dt.timedelta(hours=index)).astimezone(LONDON)
        weekend = at.weekday() >= 5
        busy = math.exp(0.9 * math.sin((at.hour - 9) / 24 * 2 * math.pi)) * (0.6 if weekend and at.hour > 11 else 1)
        size = max(40, round(400 * busy * rng.gammavariate(200, 1 / 200)))
        p = 0.03 * rng.gammavariate(60, 1 / 60) * (1.2 if at.hour < 7 else 1)
        p *= 5 if index == 80 else 2 if 600 <= index < 618 else 1
        rates.append(Point(at, sum(rng.random() < p for _ in range(size)), size, hour_slots(at)))
        mean = 90 * busy * 1.01 ** (index / 24) * rng.gammavariate(120, 1 / 120)
        mean *= 6 if index == 60 else 2.5 if 560 <= index < 566 else 1
        count = sum(rng.random() < 0.5 for _ in range(round(2 * mean)))
        stuck = 520 <= index < 530
        counts.append(Point(at, counts[-1].cases if stuck else count, 1, hour_slots(at)))
    return Series(rates, True, 3_600), Series(counts, False, 3_600)


def main():
    daily_rate, daily_count = daily()
    hourly_rate, hourly_count = hourly()
    of_rates = {
        "z-score": windows.z_score,
        "z-score robust": windows.robust_z_score,
        "z-score exponential": windows.fading_z_score,
        "seasonal": lambda s: season.seasonal(s, ["week"]),
        "cusum": residuals.cusum,
        "ewma": residuals.ewma,
        "level-shift": residuals.level_shift,
        "percent-change": fixed.percent_change,
    }
    write(
        "daily-rate",
        daily_rate,
        {
            **of_rates,
            "auto": auto_rates.auto_rates,
            "rate": windows.rate,
            "cusum likelihood": lambda s: residuals.likelihood_cusum(s, 0.03, 500_000),
            "threshold": lambda s: fixed.threshold(s, 0.05),
            "burn-rate": lambda s: fixed.burn_rate(s, 0.97),
        },
    )
    write("daily-count", daily_count, {**of_rates, "threshold": lambda s: fixed.threshold(s, 150)})
    both = {"seasonal day and week": lambda s: season.seasonal(s, ["day", "week"])}
    write("hourly-rate", hourly_rate, {"auto": auto_rates.auto_rates, **both})
    of_counts = {"auto": auto_values.auto_values, "flatline": fixed.flatline}
    write("hourly-count", hourly_count, {**of_counts, **both})


def write(name, series, judges):
    results = {title: judge(series) for title, judge in judges.items()}
    with open(HERE / f"{name}.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["start", "numerator", "denominator"] + [f"{t} {f}" for t in judges for f in FIELDS])
        for at, point in enumerate(series.points):
            start = point.at.astimezone(dt.timezone.utc).strftime("%Y-%m-%dT%H:%MZ")
            cells = [c for r in results.values() for c in ([shown(x) for x in r[at]] if r[at] else [""] * 4)]
            out.writerow([start, point.cases, point.size if series.is_rate else "", *cells])


def shown(number):
    return "" if math.isinf(number) else f"{number:.12g}"


main()
