import type { AnalysisOutcome, Span } from '../model/analysis.js';
import type { EventDate } from '../model/event.js';
import type { EventSelector, NumberField } from '../model/metric.js';
import type { PointTable } from '../store/point-table.js';
import { leavesOfColumns } from './column-leaves.js';
import { type CountedSide, countSides, MOST_ROWS, type SliceSource } from './count-sides.js';
import type { Leaves } from './leaves.js';
import type { CountedEvents, MeasurePlan } from './measures.js';
import { addUp, edgesOf, spansOf } from './span-sums.js';

/** What was counted of each leaf in each span: the one that is asked about, then the baseline's. */
export interface CountedLeaves {
  leaves: Leaves;
  numerator: Float64Array[];
  /** Null for counts and sums. */
  denominator: Float64Array[] | null;
  /** What one event adds to a numerator, as far as chance goes. */
  unit: number;
  /** No numerator can be above its denominator. */
  isShare: boolean;
  /** The events that the metric is about, in all spans. */
  events: number;
  /** The baseline as it was counted. */
  baseline: readonly Span[];
}

type Refused = Extract<AnalysisOutcome, { status: 'refused' }>;

/** Where the counts come from. */
export interface CountSources {
  slices: SliceSource;
  points: Pick<PointTable, 'measure'>;
}

/**
 * Counts a metric's events by slice and span, in at most two queries of each kind: how many values there are, which
 * of a wide dimension's are worth naming, and the counts. A quantile takes one more, for the value that it had.
 */
export async function countLeaves(
  sources: CountSources,
  plan: MeasurePlan,
  date: EventDate,
  dimensions: readonly string[],
): Promise<CountedLeaves | Refused> {
  switch (plan.kind) {
    case 'count':
    case 'sum': {
      const value = plan.kind === 'sum' ? 'amount' : null;
      const asked = { of: plan.of, value };
      const [counted] = await countSides(sources.slices, date, dimensions, [asked]);
      if (counted === undefined) return tooManySlices();
      const sums = plan.kind === 'sum' ? counted.value : counted.events;
      return {
        leaves: counted.leaves,
        numerator: sums,
        denominator: null,
        unit: amountUnit(plan, counted),
        isShare: false,
        events: total(counted.events),
        baseline: counted.baseline,
      };
    }
    case 'mean': {
      const [counted] = await countSides(sources.slices, date, dimensions, [
        { of: plan.of, value: plan.value },
      ]);
      if (counted === undefined) return tooManySlices();
      const unit = spreadOf(counted);
      if (unit === null)
        return refused(
          'not_countable',
          'the values are not above zero in the mean, so that a share of it says nothing',
        );
      return {
        leaves: counted.leaves,
        numerator: counted.value,
        denominator: counted.events,
        unit,
        isShare: false,
        events: total(counted.events),
        baseline: counted.baseline,
      };
    }
    case 'quantile': {
      const above = await thresholdOf(sources.points, plan, date);
      if (above === null) return refused('no_baseline', 'no event of the time to compare with has a value');
      const { selector, spans } = plan.of;
      const known = selector.bounds?.[plan.value];
      const bound = { ...known, atLeast: Math.max(above, known?.atLeast ?? Number.NEGATIVE_INFINITY) };
      const over = { ...selector, bounds: { ...selector.bounds, [plan.value]: bound } };
      return shares(sources, date, dimensions, { selector: over, spans }, plan.of, { value: plan.value });
    }
    case 'rate':
      return shares(sources, date, dimensions, plan.numerator, plan.denominator, {
        ignored: plan.ignored,
        isShare: plan.isShare,
      });
    case 'breach':
      return breaches(sources.points, date, dimensions, plan.opened, plan.answered);
  }
}

async function shares(
  sources: CountSources,
  date: EventDate,
  dimensions: readonly string[],
  numerator: CountedEvents,
  denominator: CountedEvents,
  {
    value = null,
    ignored = [],
    isShare = true,
  }: { value?: NumberField | null; ignored?: readonly string[]; isShare?: boolean },
): Promise<CountedLeaves | Refused> {
  const kept = dimensions.filter((name) => !ignored.includes(name));
  const [above, below] = await countSides(sources.slices, date, kept, [
    { of: numerator, value },
    { of: denominator, value },
  ]);
  if (above === undefined || below === undefined) return tooManySlices();
  return {
    leaves: above.leaves,
    numerator: above.events,
    denominator: below.events,
    unit: 1,
    isShare,
    // What a quantile or a rate counts is about the numerator's events.
    events: total(above.events),
    baseline: above.baseline,
  };
}

async function breaches(
  points: CountSources['points'],
  date: EventDate,
  dimensions: readonly string[],
  { selector, spans }: CountedEvents,
  answered: EventSelector,
): Promise<CountedLeaves> {
  const edges = edgesOf(spans);
  const measured = await points.measure({
    selector,
    aggregate: { kind: 'breach', answered },
    date,
    edges: edges.slice(0, -1),
    end: edges.at(-1) as number,
    dimensions,
    subsets: [dimensions.map((_, index) => index + 1)],
  });
  const values = dimensions.map((_, index) => measured.flatMap((set) => set.values[index] as string[]));
  const buckets = measured.flatMap(({ bucket, events }) => events.map(() => bucket));
  const cases = measured.flatMap(({ events }) => events);
  const breached = measured.flatMap(({ results }) => results);
  const { leaves, places } = leavesOfColumns(dimensions, [{ rows: cases.length, values }]);
  const place = places[0] as Int32Array;
  const inSpan = spansOf(edges, spans);
  const sums = (counts: readonly number[]) =>
    addUp(leaves.size, spans.length, counts.length, (row) => [
      place[row] as number,
      inSpan.get(buckets[row] as number) ?? [],
      counts[row] as number,
    ]);
  return {
    leaves,
    numerator: sums(breached),
    denominator: sums(cases),
    unit: 1,
    isShare: true,
    events: cases.reduce((sum, count) => sum + count, 0),
    baseline: spans.slice(1),
  };
}

/** Twice the mean amount is the unit of an exponential law, which amounts follow well enough. */
function amountUnit({ kind }: MeasurePlan, { events, value }: CountedSide): number {
  if (kind !== 'sum') return 1;
  const amount = value.reduce((sum, each) => sum + each.reduce((a, b) => a + Math.abs(b), 0), 0);
  const count = total(events);
  return amount > 0 && count > 0 ? (2 * amount) / count : 1;
}

/**
 * The variance of a value over its mean: what one event adds to the variance of a sum is that times what it adds to
 * the sum. Null where the mean is not above zero.
 */
function spreadOf({ events, value, squares }: CountedSide): number | null {
  const count = total(events);
  const mean = total(value) / Math.max(count, 1);
  if (count === 0) return 1;
  if (mean <= 0) return null;
  const variance = Math.max(0, total(squares) / count - mean ** 2);
  return Math.max(variance / mean, 1e-9 * mean);
}

async function thresholdOf(
  points: CountSources['points'],
  { of: { selector, spans }, value, level }: Extract<MeasurePlan, { kind: 'quantile' }>,
  date: EventDate,
): Promise<number | null> {
  const baseline = spans.slice(1);
  const [measured] = await points.measure({
    selector,
    date,
    edges: [Math.min(...baseline.map(({ from }) => from))],
    end: Math.max(...baseline.map(({ to }) => to)),
    aggregate: { kind: 'quantile', value, level },
    dimensions: [],
    subsets: [[]],
  });
  return measured?.results[0] ?? null;
}

function total(sums: readonly Float64Array[]): number {
  return sums.reduce((sum, each) => sum + each.reduce((a, b) => a + b, 0), 0);
}

function tooManySlices(): Refused {
  return refused(
    'too_many_slices',
    `there are more than ${MOST_ROWS.toLocaleString('en-GB')} combinations of values: name fewer dimensions`,
  );
}

function refused(reason: Refused['reason'], detail: string): Refused {
  return { status: 'refused', reason, detail };
}
