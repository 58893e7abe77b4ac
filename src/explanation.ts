import { expectCounts, expectRates } from './analysis/expectation.js';
import { type Explanation, explain } from './analysis/explain.js';
import { LeafBuilder } from './analysis/leaf-builder.js';
import type { JudgedLeaves } from './analysis/leaves.js';
import { type RisenTerm, whatPeopleSay } from './analysis/what-people-say.js';
import { type Instant, WEEK } from './model/clock.js';
import { RedressError } from './model/errors.js';
import type { EventSelector, MetricDefinition } from './model/metric.js';
import type { SliceLabels } from './model/slice.js';
import { eventTexts } from './store/event-texts.js';
import { PointTable } from './store/point-table.js';
import type { Store } from './store/store.js';

/** Half-open. */
export interface Span {
  from: Instant;
  to: Instant;
}

/**
 * What to compare with: the time of the same length just before, the same time a week before, what the same time
 * of the four weeks before leads to expect, or a span of one's own.
 */
export type Against = 'previous' | 'last-week' | 'expected' | Span;

export interface ExplanationRequest {
  metric: MetricDefinition;
  span: Span;
  against: Against;
  /** Within it; empty for the whole. */
  slice: SliceLabels;
  /** Null for those of the metric's slices and the standing ones. */
  dimensions: readonly string[] | null;
}

export type ExplanationOutcome =
  | { status: 'explained'; explanation: Explanation; says: RisenTerm[] }
  | { status: 'refused'; reason: 'not_countable' | 'no_events' | 'no_baseline'; detail: string };

const STANDING = ['region', 'category', 'scenario', 'channel', 'merchant_id'];
const EXPECTED_WEEKS = 4;

/**
 * Where a metric moved in a span, and what people said of its first cause, from the events themselves: one query for a count, a sum or
 * a breach rate, two for a ratio, and one for the texts, however many slices there are.
 */
export async function explainMetric(store: Store, request: ExplanationRequest): Promise<ExplanationOutcome> {
  const { metric, span } = request;
  const { measure } = metric;
  if (measure.kind === 'mean' || measure.kind === 'quantile' || measure.kind === 'distinct')
    return refused('not_countable', `a ${measure.kind} has no counts that slices could share`);
  if (measure.kind === 'ratio' && measure.window !== undefined)
    return refused('not_countable', 'its denominator is counted over another time than its numerator');
  const windows = baselineOf(request.against, span);
  const counted = await countLeaves(new PointTable(store), request, windows);
  const judged = judge(counted, span, windows);
  if ('status' in judged) return judged;
  const explanation = explain(judged);
  // What people say of the cause; of everything they say, most is about something else.
  const cause = explanation.slices.find((each) => each.cause);
  const main = within(mainSelector(metric), { ...request.slice, ...cause?.slice });
  const baseline = {
    from: Math.min(...windows.map(({ from }) => from)),
    to: Math.max(...windows.map(({ to }) => to)),
  };
  const texts = await eventTexts(store, { selector: main, date: metric.date, span, baseline });
  return { status: 'explained', explanation, says: whatPeopleSay(texts.now, texts.before) };
}

/** The spans that the baseline is made of. Throws `usage` where the span would be a part of its own baseline. */
function baselineOf(against: Against, span: Span): Span[] {
  const length = span.to - span.from;
  if ((against === 'last-week' || against === 'expected') && length > WEEK)
    throw new RedressError('usage', 'a span of more than a week cannot be compared with the weeks before');
  if (typeof against === 'object' && against.from < span.to && span.from < against.to)
    throw new RedressError('usage', 'the span and what it is compared with overlap');
  const back = (by: number): Span => ({ from: span.from - by, to: span.to - by });
  if (against === 'previous') return [back(length)];
  if (against === 'last-week') return [back(WEEK)];
  if (against === 'expected')
    return Array.from({ length: EXPECTED_WEEKS }, (_, week) => back((week + 1) * WEEK));
  // Parts as long as the span show how much it varies by itself.
  const parts = Math.min(50, Math.max(1, Math.floor((against.to - against.from) / length)));
  const step = (against.to - against.from) / parts;
  return Array.from({ length: parts }, (_, part) => ({
    from: Math.round(against.from + part * step),
    to: Math.round(against.from + (part + 1) * step),
  }));
}

interface Counts {
  /** One leaf in one window; window 0 is the span that is asked about. */
  rows: { values: readonly string[]; window: number; numerator: number; denominator: number }[];
  dimensions: string[];
  isRate: boolean;
  /** What one event adds to a sum. */
  unit: number;
}

async function countLeaves(
  table: PointTable,
  request: ExplanationRequest,
  baseline: readonly Span[],
): Promise<Counts> {
  const { metric, slice } = request;
  const { measure } = metric;
  const windows = [request.span, ...baseline];
  const edges = [...new Set(windows.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
  const windowOf = new Map(windows.map(({ from }, window) => [from, window]));
  const ignored = measure.kind === 'ratio' ? measure.denominator.ignore : [];
  const dimensions = (request.dimensions ?? [...new Set([...metric.slices.flat(), ...STANDING])]).filter(
    (name) => slice[name] === undefined && !ignored.includes(name),
  );
  const query = {
    date: metric.date,
    edges: edges.slice(0, -1),
    end: edges.at(-1) as number,
    dimensions,
    subsets: [dimensions.map((_, index) => index + 1)],
  };
  const rows = new Map<string, Counts['rows'][number]>();
  const at = (values: readonly string[], bucket: number) => {
    const window = windowOf.get(bucket);
    if (window === undefined) return undefined;
    const key = JSON.stringify([window, values]);
    const row = rows.get(key) ?? { values, window, numerator: 0, denominator: 0 };
    rows.set(key, row);
    return row;
  };
  let events = 0;
  if (measure.kind === 'breach') {
    for (const found of await table.breach(
      { ...query, selector: within(measure.opened, slice) },
      measure.answered,
    )) {
      const row = at(found.slice_values, found.bucket);
      if (row === undefined) continue;
      row.numerator += found.breached;
      row.denominator += found.cases;
    }
  } else {
    const selector = within(mainSelector(metric), slice);
    const aggregate = { kind: measure.kind === 'sum' ? 'sum' : 'count' } as const;
    for (const found of await table.measure({ ...query, selector, aggregate })) {
      const row = at(found.slice_values, found.bucket);
      if (row !== undefined) row.numerator += found.value;
      events += found.events;
    }
    if (measure.kind === 'ratio') {
      const known = Object.fromEntries(Object.entries(slice).filter(([name]) => !ignored.includes(name)));
      const denominator = within(measure.denominator, known);
      for (const found of await table.measure({ ...query, selector: denominator, aggregate })) {
        const row = at(found.slice_values, found.bucket);
        if (row !== undefined) row.denominator += found.value;
      }
    }
  }
  const all = [...rows.values()];
  const amount = all.reduce((sum, { numerator }) => sum + Math.abs(numerator), 0);
  const isRate = measure.kind === 'ratio' || measure.kind === 'breach';
  return {
    // Amounts differ from order to order; twice their mean is the unit of an exponential law.
    unit: measure.kind === 'sum' && events > 0 && amount > 0 ? (2 * amount) / events : 1,
    isRate,
    ...(isRate ? withoutForeign(all, dimensions) : { rows: all, dimensions }),
  };
}

/** A dimension that only the numerator's events have says nothing of a rate: there is nothing that it is a share of. */
function withoutForeign(rows: Counts['rows'], dimensions: string[]): Pick<Counts, 'rows' | 'dimensions'> {
  const kept = dimensions
    .map((_, index) => index)
    .filter((index) => rows.some(({ values, denominator }) => denominator > 0 && values[index] !== ''));
  return {
    dimensions: kept.map((index) => dimensions[index] as string),
    rows: rows.map((row) => ({ ...row, values: kept.map((index) => row.values[index] ?? '') })),
  };
}

function judge(counts: Counts, span: Span, baseline: readonly Span[]): JudgedLeaves | ExplanationOutcome {
  const { rows, dimensions, isRate, unit } = counts;
  const weight = (row: Counts['rows'][number]) => (isRate ? row.denominator : Math.abs(row.numerator));
  if (!rows.some((row) => row.window > 0 && weight(row) > 0))
    return refused('no_baseline', 'nothing was counted in the time to compare with');
  if (isRate && !rows.some((row) => row.window === 0 && weight(row) > 0))
    return refused('no_events', 'nothing was counted in the span');
  const builder = new LeafBuilder(dimensions);
  const places = rows.map(({ values }) => builder.leaf(values));
  const leaves = builder.build();
  const windows = [span, ...baseline].map(() => ({
    numerator: new Float64Array(leaves.size),
    denominator: new Float64Array(leaves.size),
  }));
  rows.forEach(({ window, numerator, denominator }, index) => {
    const leaf = places[index] as number;
    const sums = windows[window] as (typeof windows)[number];
    sums.numerator[leaf] = (sums.numerator[leaf] as number) + numerator;
    sums.denominator[leaf] = (sums.denominator[leaf] as number) + denominator;
  });
  const [now, ...before] = windows as [(typeof windows)[number], ...typeof windows];
  const lengths = baseline.map(({ from, to }) => (to - from) / (span.to - span.from));
  if (!isRate)
    return expectCounts(leaves, {
      now: now.numerator,
      before: before.map((each) => each.numerator),
      lengths,
      unit,
    });
  const each = Array.from({ length: leaves.size }, (_, leaf) => leaf);
  return expectRates(leaves, now, {
    leaf: Int32Array.from(before.flatMap(() => each)),
    bucket: Int32Array.from(before.flatMap((_, bucket) => each.map(() => bucket))),
    numerator: Float64Array.from(before.flatMap(({ numerator }) => [...numerator])),
    denominator: Float64Array.from(before.flatMap(({ denominator }) => [...denominator])),
    buckets: before.length,
  });
}

/** The events that a metric is about, whose texts say why. */
function mainSelector({ measure }: MetricDefinition): EventSelector {
  if (measure.kind === 'ratio') return measure.numerator;
  return measure.kind === 'breach' ? measure.opened : measure.of;
}

function within(selector: EventSelector, slice: SliceLabels): EventSelector {
  const narrowed = Object.entries(slice).map(([name, value]) => {
    const allowed = selector.where[name];
    // A slice outside of what the metric counts has no events, which an impossible condition says.
    return [name, allowed === undefined || allowed.includes(value) ? [value] : []] as const;
  });
  return { ...selector, where: { ...selector.where, ...Object.fromEntries(narrowed) } };
}

function refused(
  reason: Extract<ExplanationOutcome, { status: 'refused' }>['reason'],
  detail: string,
): ExplanationOutcome {
  return { status: 'refused', reason, detail };
}
