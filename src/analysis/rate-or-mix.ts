import type { Contribution, RateOrMix } from '../model/analysis.js';

/** One slice before and in the span; all slices together are the whole, and none overlaps another. */
export interface SliceCounts {
  slice: string;
  before: { numerator: number; denominator: number };
  after: { numerator: number; denominator: number };
}

/**
 * Splits the change of a rate exactly into what happened inside the slices and what came from their changed
 * weights (Kitagawa 1955, with the weights of both times averaged, so that nothing is left over as interaction). A
 * slice's changed weight counts by how far its rate is from the whole's: more orders where the rate is high
 * raise it, more where it is low lower it.
 *
 * A slice that is there at one time only has no rate at the other, so its whole part is mix. Null when there is no
 * denominator before or after, since there is no rate then.
 */
export function rateOrMix(slices: readonly SliceCounts[]): RateOrMix | null {
  const before = wholeOf(slices.map((each) => each.before));
  const after = wholeOf(slices.map((each) => each.after));
  if (before.denominator <= 0 || after.denominator <= 0) return null;
  const centre = (before.numerator / before.denominator + after.numerator / after.denominator) / 2;
  const contributions = slices.map(({ slice, before: old, after: now }): Contribution => {
    const weight = { old: old.denominator / before.denominator, now: now.denominator / after.denominator };
    const gained = weight.now - weight.old;
    // Without a denominator a stray numerator still counts: it is taken as what the slice adds by being there.
    if (old.denominator <= 0 || now.denominator <= 0) {
      const part = now.numerator / after.denominator - old.numerator / before.denominator;
      return { slice, rate: 0, mix: part - gained * centre, weight: gained };
    }
    const rate = { old: old.numerator / old.denominator, now: now.numerator / now.denominator };
    return {
      slice,
      rate: ((weight.old + weight.now) / 2) * (rate.now - rate.old),
      // Adding nothing turns a negative zero, which JSON does not keep, into a plain one.
      mix: gained * ((rate.old + rate.now) / 2 - centre) + 0,
      weight: gained,
    };
  });
  return {
    change: after.numerator / after.denominator - before.numerator / before.denominator,
    rate: contributions.reduce((sum, each) => sum + each.rate, 0),
    mix: contributions.reduce((sum, each) => sum + each.mix, 0),
    contributions: contributions.sort((a, b) => Math.abs(b.rate + b.mix) - Math.abs(a.rate + a.mix)),
  };
}

/** The two parts in words, such as `two thirds is mix, most by more of region=GB; …`. */
export function rateOrMixInWords(split: RateOrMix): string {
  const size = Math.abs(split.rate) + Math.abs(split.mix);
  if (size === 0) return 'neither the rates nor the mix changed';
  const share = split.mix / split.change;
  const mover = moverOf(split);
  if (Math.abs(split.mix) < 0.1 * Math.abs(split.change))
    return 'nearly all of it happened inside the slices; the mix hardly changed';
  if (Math.sign(split.rate) * Math.sign(split.mix) < 0)
    return Math.abs(split.rate) >= Math.abs(split.mix)
      ? `the rates changed by more than the whole shows; the mix made up for some of it${mover}`
      : `it is mix${mover}; inside the slices the rates went the other way`;
  if (share > 0.9) return `nearly all of it is mix${mover}`;
  return `${fraction(share)} is mix${mover}; the rest happened inside the slices`;
}

/** The slice whose changed weight did most, one that grew before one that shrank, as people say it. */
function moverOf({ mix, contributions }: RateOrMix): string {
  const grew = (each: Contribution) => Number(each.weight > 0);
  const leading = contributions
    .filter((each) => each.mix * mix > 0)
    .sort((a, b) => grew(b) - grew(a) || Math.abs(b.mix) - Math.abs(a.mix))[0];
  return leading === undefined ? '' : `, most by ${leading.weight > 0 ? 'more' : 'less'} of ${leading.slice}`;
}

const FRACTIONS: readonly (readonly [number, string])[] = [
  [1 / 10, 'a tenth'],
  [1 / 5, 'a fifth'],
  [1 / 4, 'a quarter'],
  [1 / 3, 'a third'],
  [1 / 2, 'half'],
  [2 / 3, 'two thirds'],
  [3 / 4, 'three quarters'],
  [4 / 5, 'four fifths'],
  [9 / 10, 'nine tenths'],
];

function fraction(share: number): string {
  const near = [...FRACTIONS].sort((a, b) => Math.abs(a[0] - share) - Math.abs(b[0] - share))[0];
  return near?.[1] ?? '';
}

function wholeOf(counts: readonly { numerator: number; denominator: number }[]): {
  numerator: number;
  denominator: number;
} {
  return counts.reduce(
    (sum, each) => ({
      numerator: sum.numerator + each.numerator,
      denominator: sum.denominator + each.denominator,
    }),
    { numerator: 0, denominator: 0 },
  );
}
