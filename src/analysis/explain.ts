import type { Explanation } from '../model/analysis.js';
import type { Candidate } from './judge.js';
import { type JudgedLeaves, sliceOf } from './leaves.js';
import { prepare } from './prepare.js';
import { rateOrMix, rateOrMixInWords, type SliceCounts } from './rate-or-mix.js';
import { isInside, isSame, SEARCH, type SearchOptions, search } from './search.js';

const LISTED = 12;
/** A slice inside or around a cause, with less of the cause's score than this, is its echo. */
const ECHO = 0.5;
/** A whole that moved by less than this share of what was expected counts as flat. */
const FLAT = 0.02;
/** In a dimension of more values, the few events of each look like changed rates and weights by chance alone. */
const MOST_IN_SPLIT = 50;
/** How fast a description with a lower score loses belief; chosen so that confidence is about how often it is right. */
const SHARPNESS = 10;

/** Where a change sits. The answer is pure: the same leaves give the same slices. */
export function explain(leaves: JudgedLeaves, options: SearchOptions = SEARCH): Explanation {
  const table = prepare(leaves);
  const observed = total(table.observed);
  const expected = total(table.expected);
  const excess = observed - expected;
  const flat = Math.abs(excess) <= FLAT * Math.abs(expected) || excess === 0;
  const { causes, ranking, depth } = search(table, options);
  const direction = flat ? 0 : Math.sign(excess);
  const against = (each: Candidate) =>
    direction !== 0 && Math.sign(each.observed - each.expected) === -direction;
  const others = ranking.filter(
    (each) =>
      each.combination.length > 0 &&
      !against(each) &&
      !causes.some((cause) => isSame(cause.combination, each.combination)),
  );
  const place = (each: Candidate) =>
    causes.includes(each) ? Number(against(each)) : isPlausible(each, causes) ? 0 : 2;
  const listed = [...causes, ...others]
    .sort((a, b) => place(a) - place(b) || b.score - a.score)
    .filter((each, at) => at < LISTED || causes.includes(each));
  // Where there is one slice only, it is the whole, and that is all there is to say.
  if (listed.length === 0) listed.push(...ranking.slice(0, 1));
  return {
    observed,
    expected,
    excess,
    whole: flat ? 'flat' : 'moved',
    slices: listed.map((each, at) => ({
      rank: at + 1,
      slice: sliceOf(table, each.combination),
      observed: each.observed,
      expected: each.expected,
      excess: each.observed - each.expected,
      explained: flat ? null : (each.observed - each.expected) / excess,
      confidence: confidence(each, listed, causes, options),
      cause: causes.includes(each),
    })),
    unexplained: flat ? null : 1 - covered(table, causes) / excess,
    split: splitOf(table),
    depth,
  };
}

/** False for a slice that only echoes a cause, which it says much worse. */
function isPlausible(each: Candidate, causes: readonly Candidate[]): boolean {
  return causes.every((cause) => !isRelated(each, cause) || each.score >= ECHO * cause.score);
}

/** The chance that it moved, times its share of belief among the slices that would do in its place. */
function confidence(
  each: Candidate,
  listed: readonly Candidate[],
  causes: readonly Candidate[],
  options: SearchOptions,
): number {
  const chance = Math.min(1, options.falseAlarm * Math.exp((each.threshold - each.evidence) / 2));
  const isCause = causes.includes(each);
  const rivals = listed.filter(
    (other) => other !== each && (causes.includes(other) ? !isCause : isRelated(each, other)),
  );
  const weight = rivals.reduce(
    (sum, other) => sum + (other.score / Math.max(each.score, 1e-9)) ** SHARPNESS,
    1,
  );
  return (1 - chance) / weight;
}

function isRelated(a: Candidate, b: Candidate): boolean {
  return isInside(a.combination, b.combination) || isInside(b.combination, a.combination);
}

function covered(table: JudgedLeaves, causes: readonly Candidate[]): number {
  let sum = 0;
  for (let leaf = 0; leaf < table.size; leaf++)
    if (causes.some(({ combination }) => combination.every(([d, code]) => table.codes[d]?.[leaf] === code)))
      sum += (table.observed[leaf] as number) - (table.expected[leaf] as number);
  return sum;
}

function splitOf(table: JudgedLeaves): Explanation['split'] {
  const { rates } = table;
  if (rates === null) return null;
  const splits = table.dimensions.flatMap((dimension, index) => {
    if ((table.values[index]?.length ?? 0) > MOST_IN_SPLIT) return [];
    const slices = (table.values[index] ?? []).map(
      (value): SliceCounts => ({
        slice: `${dimension}=${value}`,
        before: { numerator: 0, denominator: 0 },
        after: { numerator: 0, denominator: 0 },
      }),
    );
    for (let leaf = 0; leaf < table.size; leaf++) {
      const slice = slices[table.codes[index]?.[leaf] as number] as SliceCounts;
      slice.before.numerator += rates.before.numerator[leaf] as number;
      slice.before.denominator += rates.before.denominator[leaf] as number;
      slice.after.numerator += rates.after.numerator[leaf] as number;
      slice.after.denominator += rates.after.denominator[leaf] as number;
    }
    const split = rateOrMix(slices);
    return split === null ? [] : [{ ...split, dimension, words: rateOrMixInWords(split) }];
  });
  return splits.sort((a, b) => Math.abs(b.mix) - Math.abs(a.mix))[0] ?? null;
}

function total(values: Float64Array): number {
  return values.reduce((sum, each) => sum + each, 0);
}
