"""auto on values: how new are the size, the last hours and the last day, each against everything before."""

import math

from fixed import by_score


class Tail:
    def __init__(self):
        self.bins = []

    @staticmethod
    def bin(size):
        return -100_000 if size <= 1e-12 else math.floor(math.log(size) / 0.05 + 0.5)

    def surprise(self, size):
        if len(self.bins) < 20:
            return 0
        # The next one to be added weighs one: the last one already a little less.
        weights = [(1 - 1 / 2_000) ** (age + 1) for age in range(len(self.bins))][::-1]
        total, here = math.fsum(weights), self.bin(size)
        beyond = math.fsum(w for w, b in zip(weights, self.bins) if b >= here)
        rare = math.log10((total + 1) / (beyond + 0.5))
        if beyond >= 0.5:
            return max(0, rare)
        largest = max(self.bins)
        if largest == -100_000:
            return rare + (0 if here == largest else 3)
        wanted, weight, moment, edge = max(10, 0.05 * total), 0.0, 0.0, largest
        for each in sorted(set(self.bins), reverse=True):
            if weight >= wanted or each == -100_000:
                break
            of_bin = math.fsum(w for w, b in zip(weights, self.bins) if b == each)
            weight, moment, edge = weight + of_bin, moment + of_bin * each, each
        index = max(0.02, (moment / weight - edge) * 0.05)
        return rare + max(0, (here - largest) * 0.05 / math.log(10) / index)


def nearest(values, block, length, memory):
    """Distance of the last whole shape from the nearest earlier one that does not overlap it."""
    whole = len(values) // block
    means = [sum(values[i * block : (i + 1) * block]) / block for i in range(whole)][-memory:]
    last = means[-length:]
    distances = [
        math.sqrt(math.fsum((a - b) ** 2 for a, b in zip(last, means[end - length : end])))
        for end in range(length, len(means) - length + 1)
    ]
    return min(distances, default=0)


def auto_values(series):
    def points(seconds):
        return max(2, math.floor(seconds / series.bucket_seconds + 0.5))

    slot_of = "day" if not series.daily else None
    keep, smoothing, span = 1 - 1 / 5, points(1_800), max(48, round(86_400 / series.bucket_seconds))
    tails, slots, values, judged = [Tail() for _ in range(3)], {}, [], []
    level = departure = size = 0.0
    episode = None
    shapes = ((points(1_800), 4, 1_500), (points(3_600), 16, 1_000))
    cache = [0.0, 0.0]
    for point in series.points:
        value, slot = point.value, point.slots[slot_of] if slot_of else 0

        def expected():
            here = slots.get(slot, [])
            weight = math.fsum(keep**age for age in range(len(here)))
            if weight > 0.5:
                return math.fsum(v * keep**age for age, v in enumerate(reversed(here))) / weight
            return level

        mean = expected() if values else value
        half = 3 * size
        values.append(value)
        seen = len(values)
        departure += (value - mean - departure) / min(seen, smoothing)
        departures = [abs(departure)]
        for nth, (block, length, memory) in enumerate(shapes):
            if seen % block == 0:
                cache[nth] = nearest(values, block, length, memory)
            departures.append(cache[nth])
        rounding = 1e-9 * max(abs(value), abs(mean))
        departures = [d if d > rounding else 0 for d in departures]
        surprise = sum(min(t.surprise(d), 3.7) for t, d in zip(tails, departures)) / 3 * seen / (seen + 30)
        for tail, d in zip(tails, departures):
            tail.bins.append(tail.bin(d))
        # What this time usually brings is asked once more, now that the point counts as seen.
        size += (abs(value - (expected() if seen > 1 else level)) - size) / min(seen, 2_000)
        slots.setdefault(slot, []).append(value)
        level += (value - level) / min(seen, 2_000)
        if seen <= 100:
            judged.append(None)
            continue
        if surprise <= 1:
            score = surprise / 1.15
        else:
            known = episode[0] if episode and seen - episode[1] <= span else 0
            if known == 0 or surprise > known + 0.15:
                score = surprise / 1.15
            else:
                score = 1.001 if surprise > 1.15 else 1 / 1.15
            if surprise > known:
                episode = (surprise, seen)
        judged.append(by_score(value, mean, half, score))
    return judged
