import type { Span } from '../model/analysis.js';
import type { EventDate } from '../model/event.js';
import type { NumberField } from '../model/metric.js';
import type { SliceCounts, SliceCountTable, SliceQuery } from '../store/slice-counts.js';
import { leavesOfColumns } from './column-leaves.js';
import type { Leaves } from './leaves.js';
import type { CountedEvents } from './measures.js';
import { chooseNamed, valuesToName } from './named-values.js';
import { addUp, edgesOf, spansOf } from './span-sums.js';

/** Where counts by slice come from. */
export type SliceSource = Pick<SliceCountTable, 'widths' | 'marginals' | 'counts'>;

/** Events from which the numbers of values are guessed. */
const SAMPLED = 50_000;
/** Rows of one answer; more would take gigabytes to hold and minutes to go through. */
export const MOST_ROWS = 600_000;

/** One selector to be counted, and the number that its events must have; null for all of them. */
export interface Side {
  of: CountedEvents;
  value: NumberField | null;
}

/** What was counted of one side. */
export interface CountedSide {
  leaves: Leaves;
  baseline: readonly Span[];
  /** By span. */
  events: Float64Array[];
  value: Float64Array[];
  squares: Float64Array[];
}

/** Counts one or two selectors over the same leaves; none where there are too many rows. */
export async function countSides(
  slices: SliceSource,
  date: EventDate,
  dimensions: readonly string[],
  sides: readonly Side[],
): Promise<CountedSide[]> {
  const all = sides.map(({ of: { selector, spans }, value }): SliceQuery => {
    return { selector, date, spans, edges: edgesOf(spans), dimensions, value };
  });
  const widths = await Promise.all(all.map((query) => slices.widths(query, SAMPLED)));
  // A dimension that the last side, a rate's denominator, does not have says nothing: there is nothing to be a share of.
  const base = widths.at(-1) as (typeof widths)[number];
  const isKnown = (index: number) =>
    sides.length === 1 || base.events === 0 || (base.widths[index] as number) > 1;
  const wanted = dimensions.map((_, index) => index).filter(isKnown);
  const names = wanted.map((index) => dimensions[index] as string);
  const queries = all.map((query) => ({ ...query, dimensions: names }));
  const named = await nameValues(
    slices,
    queries,
    widths.map((each) => ({
      combinations: each.combinations,
      widths: wanted.map((index) => each.widths[index] as number),
    })),
  );
  const seen = new Map(
    wanted.map((index) => [
      dimensions[index] as string,
      [...new Set(widths.flatMap((each) => each.seen[index] as string[]))],
    ]),
  );
  const spans = named.size === 0 ? null : fewerSpans(queries.map((query) => query.spans));
  const counted = queries.map((query) =>
    spans === null ? query : { ...query, spans, edges: edgesOf(spans) },
  );
  const answers = await Promise.all(counted.map((query) => slices.counts(query, { named, seen }, MOST_ROWS)));
  if (answers.some((answer) => answer === null)) return [];
  const tables = (answers as SliceCounts[]).map(({ bucket, values }) => ({ rows: bucket.length, values }));
  const { leaves, places } = leavesOfColumns(names, tables);
  return (answers as SliceCounts[]).map((answer, side) => {
    const { spans, edges } = counted[side] as SliceQuery;
    const inSpan = spansOf(edges, spans);
    const place = places[side] as Int32Array;
    const sums = (values: readonly number[]) =>
      addUp(leaves.size, spans.length, place.length, (row) => [
        place[row] as number,
        inSpan.get(answer.bucket[row] as number) ?? [],
        values[row] as number,
      ]);
    return {
      leaves,
      baseline: spans.slice(1),
      events: sums(answer.events),
      value: sums(answer.value),
      squares: sums(answer.squares),
    };
  });
}

/** Parts of the baseline that are told apart where there is very much to count. */
const FEW_PARTS = 4;

/**
 * The span with its baseline in fewer parts; null where it has few already, or where its parts do not follow each
 * other, or are not the same for a numerator and its denominator, and cannot be put together.
 */
function fewerSpans(sides: readonly (readonly Span[])[]): Span[] | null {
  const [span, ...baseline] = sides[0] as readonly [Span, ...Span[]];
  const isAlike = sides.every((spans) =>
    spans.every(({ from, to }, i) => from === sides[0]?.[i]?.from && to === sides[0]?.[i]?.to),
  );
  const isStretch = baseline.every(({ from }, i) => i === 0 || from === baseline[i - 1]?.to);
  if (baseline.length <= FEW_PARTS || !isAlike || !isStretch) return null;
  const size = Math.ceil(baseline.length / FEW_PARTS);
  const parts = Array.from({ length: Math.ceil(baseline.length / size) }, (_, part) => {
    const joined = baseline.slice(part * size, (part + 1) * size);
    return { from: (joined[0] as Span).from, to: (joined.at(-1) as Span).to };
  });
  return [span, ...parts];
}

/** For each dimension with too many values those that are worth telling apart, on whatever side they stand out. */
async function nameValues(
  slices: SliceSource,
  queries: readonly SliceQuery[],
  widths: readonly { combinations: number; widths: readonly number[] }[],
): Promise<Map<string, string[]>> {
  const names = queries[0]?.dimensions ?? [];
  const most = valuesToName(
    names.map((_, index) => Math.max(...widths.map((each) => each.widths[index] as number))),
    Math.max(...widths.map(({ combinations }) => combinations)),
    Math.max(...queries.map(({ spans }) => spans.length)),
  );
  const named = new Map<string, string[]>();
  for (const [index, dimension] of names.entries()) {
    const many = most[index] as number | null;
    if (many === null) continue;
    const chosen = await Promise.all(
      queries.map(async (query) =>
        chooseNamed(await slices.marginals(query, dimension), Math.ceil(many / queries.length)),
      ),
    );
    named.set(dimension, [...new Set(chosen.flat())]);
  }
  return named;
}
