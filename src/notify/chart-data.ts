import type { Alert } from '../model/alert.js';
import type { Annotation } from '../model/annotation.js';
import { HOUR, type Instant, SECOND } from '../model/clock.js';
import type { Point } from '../model/point.js';
import { COMBINED, type Verdict } from '../model/verdict.js';
import type { MetricDisplay } from './contract.js';

/** What a chart is made from. */
export interface AlertChart {
  /** One series, oldest first. */
  points: readonly Point[];
  /** What was expected of them, matched by bucket; points without one have no band. */
  verdicts: readonly Verdict[];
  /** The alerts on the series; one that is open lasts to the last point. */
  alerts: readonly Pick<Alert, 'startedAt' | 'openedAt' | 'resolvedAt'>[];
  annotations: readonly Annotation[];
  slice: string;
  display: MetricDisplay;
}

/** What a chart draws, in the axes' units. A null value is a gap in a line. */
export interface ChartData {
  start: Instant;
  end: Instant;
  /** The value axis's ends, round numbers. */
  floor: number;
  ceiling: number;
  /** From mark to mark of the value axis. */
  step: number;
  values: [Instant, number | null][];
  expected: [Instant, number | null][];
  /** The band's stretches without a gap. */
  band: { at: Instant; lower: number; upper: number }[][];
  anomalous: [Instant, number][];
  spans: { from: Instant; to: Instant }[];
  fired: Instant[];
  annotations: { from: Instant; to: Instant; title: string }[];
}

/** Lays a series, its verdicts and its alerts out for drawing. Pure; copes with an empty series. */
export function chartData({ points, verdicts, alerts, annotations, display }: AlertChart): ChartData {
  const start = points[0]?.bucketStart ?? alerts[0]?.startedAt ?? 0;
  const last = points.at(-1);
  const end = last === undefined ? start + HOUR : last.bucketStart + last.bucketSeconds * SECOND;
  const judged = byBucket(verdicts);
  const data: ChartData = {
    ...{ start, end, values: [], expected: [], band: [], anomalous: [] },
    ...extent(
      points.filter((point) => isShown(judged.get(point.bucketStart))).map(({ value }) => value),
      [...judged.values()],
      display.unit === 'rate' ? 1 : Number.POSITIVE_INFINITY,
    ),
    spans: alerts.flatMap(({ startedAt, resolvedAt }) => within(startedAt, resolvedAt ?? end, start, end)),
    fired: alerts.flatMap(({ openedAt }) =>
      openedAt !== null && openedAt >= start && openedAt <= end ? [openedAt] : [],
    ),
    annotations: annotations.flatMap(({ startsAt, endsAt, title }) =>
      within(startsAt, endsAt, start, end).map((span) => ({ ...span, title })),
    ),
  };
  let stretch: ChartData['band'][number] = [];
  let due = start;
  for (const point of points) {
    const at = point.bucketStart;
    const width = point.bucketSeconds * SECOND;
    const verdict = judged.get(at);
    const { expected, lower, upper } = verdict ?? { expected: null, lower: null, upper: null };
    const missing = at > due + width / 2;
    if (missing) {
      data.values.push([due, null]);
      data.expected.push([due, null]);
    }
    data.values.push([at, isShown(verdict) ? point.value : null]);
    data.expected.push([at, expected]);
    if (verdict?.status === 'anomalous') data.anomalous.push([at, point.value]);
    if (missing || lower === null || upper === null) {
      if (stretch.length > 0) data.band.push(stretch);
      stretch = [];
    }
    if (lower !== null && upper !== null) stretch.push({ at, lower, upper });
    due = at + width;
  }
  if (stretch.length > 0) data.band.push(stretch);
  return data;
}

/** One dispute of one order is 100 %: points of too few cases would hide all others. */
function isShown(verdict: Verdict | undefined): boolean {
  return verdict?.reason !== 'low_volume';
}

/** The combination's verdict where a bucket has several. */
function byBucket(verdicts: readonly Verdict[]): Map<Instant, Verdict> {
  const judged = new Map<Instant, Verdict>();
  for (const verdict of verdicts)
    if (verdict.detector === COMBINED || !judged.has(verdict.bucketStart))
      judged.set(verdict.bucketStart, verdict);
  return judged;
}

function within(from: Instant, to: Instant, start: Instant, end: Instant): { from: Instant; to: Instant }[] {
  return from < end && to > start ? [{ from: Math.max(from, start), to: Math.min(to, end) }] : [];
}

/**
 * From zero where that does not flatten the series, with room above. What was expected is always in the picture,
 * however far off the values are. A band of a detector that knows little may be many times both: it is cut off rather than
 * letting it flatten them.
 */
function extent(
  values: readonly number[],
  judged: readonly Verdict[],
  limit: number,
): { floor: number; ceiling: number; step: number } {
  const shown = [...values, ...judged.flatMap(({ expected }) => expected ?? [])];
  const most = max(shown) ?? 1;
  const least = min(shown) ?? 0;
  const spread = Math.max(most - least, Math.abs(most) * 0.1, Number.MIN_VALUE);
  const upper = max(judged.flatMap((verdict) => verdict.upper ?? [])) ?? most;
  const lower = min(judged.flatMap((verdict) => verdict.lower ?? [])) ?? least;
  const top = Math.max(most, Math.min(upper, most + spread / 2));
  const bottom = Math.min(least, Math.max(lower, least - spread / 2));
  const step = niceStep(((top - bottom) * 1.08) / 4);
  const fromZero = least >= 0 && bottom < 0.6 * top;
  const floor = fromZero ? 0 : Math.floor(bottom / step) * step;
  const room = niceStep(((top - floor) * 1.05) / 4);
  const ceiling = floor + Math.ceil(((top - floor) * 1.05) / room) * room;
  return { floor, ceiling: most <= limit ? Math.min(ceiling, limit) : ceiling, step: room };
}

/** The next of 1, 2, 2.5, 5 times a power of ten, at or above. */
function niceStep(least: number): number {
  if (!(least > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= least * (1 - 1e-9)) ?? 10) * power;
}

function max(numbers: readonly number[]): number | undefined {
  return numbers.length === 0 ? undefined : numbers.reduce((left, right) => Math.max(left, right));
}

function min(numbers: readonly number[]): number | undefined {
  return numbers.length === 0 ? undefined : numbers.reduce((left, right) => Math.min(left, right));
}
