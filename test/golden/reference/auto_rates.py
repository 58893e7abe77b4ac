"""auto on rates: likelihood CUSUMs on counts whose usual rate has several rhythms, each as far as it is believed."""

import math

from common import clipped

ODDS = (1.5, 2.2, 4.5, 1 / 1.5, 1 / 2.2, 1 / 4.5)


class Noise:
    """Variance = clumps·mean + wandering·mean², by a weighted regression over all learned points."""

    def __init__(self, memory):
        self.keep, self.past = 1 - 1 / memory, []  # weight, mean, square

    def law(self):
        faded = [(self.keep**age, *row) for age, row in enumerate(reversed(self.past))]

        def total(of):
            return math.fsum(f * of(w, x, y) for f, w, x, y in faded)

        points, weight = total(lambda w, x, y: 1), total(lambda w, x, y: w)
        typical = total(lambda w, x, y: w * x) / weight if weight else 1
        opinion = 10 * (weight / points if points else 1)
        wanders = 1 + min(1, 0.1 * typical)
        w = weight + 2 * opinion
        x = total(lambda w, x, y: w * x) + opinion * typical
        y = total(lambda w, x, y: w * y) + opinion * (1 + wanders)
        xx = total(lambda w, x, y: w * x * x) + opinion * typical**2
        xy = total(lambda w, x, y: w * x * y) + opinion * typical * wanders
        determinant = w * xx - x * x
        slope = (w * xy - x * y) / determinant if determinant > 1e-9 * w * xx else 0
        if slope <= 0:
            return max(1, y / w), 0
        clumps = (y - slope * x) / w
        return (clumps, slope) if clumps >= 1 else (1, max(0, (xy - x) / xx))

    def learn(self, cases, mean, uncertainty):
        clumps, wandering = self.law()
        expected = clumps + (wandering + uncertainty) * mean
        most = 3.5 * math.sqrt(expected * mean) + 4 * clumps
        square = min(abs(cases - mean), most) ** 2 / mean - uncertainty * mean
        self.past.append((1 / expected**2, mean, square))


class Ratio:
    """Log-likelihood ratio of a gamma-Poisson law of the rarer side."""

    def __init__(self, rate, size, law, uncertainty):
        share = min(rate, 0.999)
        assert share <= 0.5, "the shop's rates are far below a half"
        self.rate, self.scale, self.clumps = share, 1 - share, law[0]
        self.shape = 1 / max(1e-9, law[1] + uncertainty)
        self.mean = size * share / self.scale

    def terms(self, odds):
        factor = odds / (1 + self.rate * (odds - 1))
        mean = self.mean / self.clumps
        return math.log(factor), math.log1p((factor - 1) * mean / (self.shape + mean))

    def evidence(self, odds, cases):
        log, drop = self.terms(odds)
        return cases / self.scale / self.clumps * (log - drop) - self.shape * drop

    def cases_at(self, odds, evidence):
        log, drop = self.terms(odds)
        return (evidence + self.shape * drop) / (log - drop) * self.clumps * self.scale


class Rhythm:
    """A base of two months, and factors for the time of the day, the week and the last week's level."""

    def __init__(self, series):
        day, week = 86_400 / series.bucket_seconds, 7 * 86_400 / series.bucket_seconds
        self.base_keep = 1 - 1 / (8 * series.week)
        if series.daily:
            tiers = [("weekday", 7, 0.02)]
        else:
            tiers = [("day", 24, 0.04), ("weekday", 7, 0.02), ("week", 168, 0.005)]
        self.tiers = [
            dict(of=of, keep=1 - 1 / max(2, 8 * week / slots), spread=spread, prior=spread, per=max(1, day / (slots / 7) if of != "day" else 1), rows={})
            for of, slots, spread in tiers
        ]
        for tier in self.tiers:
            tier["per"] = 24 if tier["of"] == "weekday" and not series.daily else 1
        self.tiers.append(dict(of=None, keep=1 - 1 / series.week, spread=0.03, prior=0.03, per=1, rows={}))
        self.points, self.base = 0, []  # cases, size; the first pair may be the opinion that it began with

    def slot(self, tier, point):
        return point.slots[tier["of"]] if tier["of"] else 0

    def sums(self, tier, slot):
        rows = [(tier["keep"] ** age, *row) for age, row in enumerate(reversed(tier["rows"].get(slot, [])))]
        return tuple(math.fsum(r[0] * v for r in rows for v in [f(r)]) for f in (lambda r: r[1], lambda r: r[2], lambda r: 1))

    def base_sums(self):
        rows = [(self.base_keep**age, *row) for age, row in enumerate(reversed(self.base))]
        return tuple(math.fsum(r[0] * f(r) for r in rows) for f in (lambda r: r[1], lambda r: r[2], lambda r: 1))

    def knows(self, point):
        return bool(self.tiers[0]["rows"].get(self.slot(self.tiers[0], point)))

    @staticmethod
    def chance(expected, points, law):
        return law[0] / expected + law[1] / points

    def factor(self, tier, slot, law):
        cases, usual, seen = self.sums(tier, slot)
        if usual == 0:
            return 1, tier["spread"]
        chance = self.chance(usual, seen, law)
        credibility = tier["spread"] / (tier["spread"] + chance)
        return 1 + credibility * (cases / usual - 1), credibility * chance

    def usual(self, point, law):
        cases, size, seen = self.base_sums()
        of_level = law[0] / (cases + 0.5)
        rate, uncertainty = (cases + 0.5) / (size + 1), of_level + law[1] / (seen + 1)
        for tier in self.tiers:
            factor, variance = self.factor(tier, self.slot(tier, point), law)
            rate, uncertainty = rate * factor, uncertainty + variance
        return rate, uncertainty, of_level

    def learn(self, point, law):
        cases, size, _ = self.base_sums()
        expected = point.size * (cases + 0.5) / (size + 1)
        self.base.append((point.cases, point.size))
        for tier in self.tiers:
            slot = self.slot(tier, point)
            factor, _ = self.factor(tier, slot, law)
            tier["rows"].setdefault(slot, []).append((point.cases, expected))
            expected *= factor
        self.points += 1
        if self.points % 24 == 0:
            for tier in self.tiers[:-1]:
                tier["next"] = self.spread(tier, law)
            for tier in self.tiers[:-1]:
                tier["spread"] = tier["next"]

    def spread(self, tier, law):
        beyond = error = squares = 0.0
        slots = 0
        for slot in tier["rows"]:
            cases, usual, seen = self.sums(tier, slot)
            if seen < 1.5 * tier["per"]:
                continue
            variance = self.chance(usual, seen, law) * usual**2
            beyond += (cases - usual) ** 2 - variance
            error += 2 * variance**2 + law[0] ** 2 * variance
            squares, slots = squares + usual**2, slots + 1
        if slots == 0:
            return tier["prior"]
        prior = 3 * squares / slots
        return max(1e-4, (beyond - 1.5 * math.sqrt(error) + tier["prior"] * prior) / (squares + prior))


def auto_rates(series):
    day = round(86_400 / series.bucket_seconds)
    run_points = 100 if series.daily else 30_000 * 3600 / series.bucket_seconds
    warm_up, most_held = max(14, 3 * day), min(96, max(7, day))
    rhythm, noise = Rhythm(series), Noise(series.week)
    sums, held, typical, episode, judged = [0.0] * 6, [], 0.0, False, []

    def learn(point):
        nonlocal typical
        law = noise.law()
        if rhythm.knows(point):
            rate, uncertainty, _ = rhythm.usual(point, law)
            ratio = Ratio(rate, point.size, law, uncertainty)
            noise.learn(point.cases / ratio.scale, ratio.mean, uncertainty)
        rhythm.learn(point, law)
        typical += (point.cases - typical) / min(rhythm.points, 336)

    for point in series.points:
        if rhythm.points < warm_up or not rhythm.knows(point):
            judged.append(None)
            if rhythm.points > 0:
                learn(point)
                continue
            held.append(point)
            if len(held) == most_held:
                rhythm.base = [(sum(p.cases for p in held) / len(held), sum(p.size for p in held) / len(held))]
                for each in held:
                    learn(each)
                held = []
            continue
        law = noise.law()
        rate, uncertainty, of_level = rhythm.usual(point, law)
        margin = math.exp(1.5 * math.sqrt(of_level))
        independent = typical / law[0] / (1 + law[1] * typical / law[0])
        up = down = 0.0
        lower, upper = -math.inf, math.inf
        for nth, odds in enumerate(ODDS):
            overshoot = 1 + 0.43 * math.log(odds) if odds > 1 else 1
            a_run = overshoot / (odds - 1 - math.log(odds))
            limit = max(4.5 if typical < 3 else 3.7, math.log(run_points * min(1, independent / a_run)))
            ratio = Ratio(rate * margin if odds > 1 else rate / margin, point.size, law, uncertainty - of_level)
            before = min(sums[nth], limit)
            after = max(0, before + ratio.evidence(odds, point.cases))
            edge = ratio.cases_at(odds, limit - before) / point.size
            sums[nth] = min(after, limit)
            if odds > 1:
                up, upper = max(up, after / limit), min(upper, edge)
            else:
                down, lower = max(down, after / limit), max(lower, edge)
        score = max(up, down)
        judged.append(clipped(min(rate, 1), lower, upper, score, 0, 1))
        calm = sums[1] < 1 and sums[4] < 1
        if score > 1 or episode:
            held, episode = [], score > 1 or not calm
            continue
        held.append(point)
        release = len(held) if calm else max(0, len(held) - most_held)
        for each in held[:release]:
            learn(each)
        held = held[release:]
    return judged
