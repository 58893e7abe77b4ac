import type { MovedMetric, Span } from '../model/analysis.js';
import { DAY, type Instant, SECOND } from '../model/clock.js';
import { isRate, type MetricDefinition, nominalSeconds } from '../model/metric.js';
import type { Point } from '../model/point.js';
import { formatSlice, type SliceLabels } from '../model/slice.js';
import { likelihoodRatio } from './evidence.js';

/** Another metric's series, on the slice that is nearest to the cause. */
export interface SisterSeries {
  metric: MetricDefinition;
  slice: string;
}

/** Standard errors from which a bucket is out of the ordinary; some hundreds of them are looked at. */
const LEAST_SCORE = 5;
/** A bucket is held against so many before it, or the same hour of so many days. */
const MOST_EARLIER = 28;
const LEAST_EARLIER = 5;
const DAYS_BACK = 7;
const MOST = 6;

/** For each other metric the series of the narrowest slice that it is kept for and that the cause lies in. */
export function sisterSeries(
  metrics: readonly MetricDefinition[],
  own: string,
  cause: SliceLabels,
): SisterSeries[] {
  return metrics
    .filter(({ id }) => id !== own)
    .map((metric) => ({ metric, slice: formatSlice(nearestSlice(metric, cause)) }));
}

/** The labels of the narrowest slice that a metric is kept for and that a slice lies in; none for the whole. */
function nearestSlice({ slices }: Pick<MetricDefinition, 'slices'>, labels: SliceLabels): SliceLabels {
  const fitting = slices.filter((dimensions) => dimensions.every((name) => labels[name] !== undefined));
  const narrowest = [...fitting].sort((a, b) => b.length - a.length)[0] ?? [];
  return Object.fromEntries(narrowest.map((name) => [name, labels[name] as string]));
}

/** How far before and after the span other metrics are looked at. */
export function lookAround({ from, to }: Span): Span {
  const reach = Math.max(DAY, to - from);
  return { from: from - reach, to: to + reach };
}

/** From when points are needed to tell what is ordinary. */
export function ordinaryFrom(metric: MetricDefinition, around: Span): Instant {
  return around.from - Math.max(DAYS_BACK * DAY, MOST_EARLIER * nominalSeconds(metric.bucket) * SECOND);
}

/**
 * The metrics of which a bucket near the span was out of the ordinary: what moved along with the change, before it
 * or after it. A bucket is held against earlier ones, of counts against those of the same hour; how much they vary
 * by themselves is read off them.
 */
export function movedAlongside(
  series: readonly SisterSeries[],
  points: readonly Point[],
  span: Span,
): MovedMetric[] {
  const around = lookAround(span);
  const moved = series.flatMap(({ metric, slice }) => {
    const own = points.filter((point) => point.metric === metric.id && point.slice === slice);
    const departures = own
      .filter(
        ({ bucketStart, bucketSeconds }) =>
          bucketStart + bucketSeconds * SECOND > around.from && bucketStart < around.to,
      )
      .flatMap((point) => departureOf(point, own, metric, around));
    const first = departures.find(({ score }) => Math.abs(score) >= LEAST_SCORE);
    if (first === undefined) return [];
    const strongest = departures
      .filter(({ score }) => Math.sign(score) === Math.sign(first.score))
      .reduce((a, b) => (Math.abs(b.score) > Math.abs(a.score) ? b : a));
    return [
      {
        metric: metric.id,
        title: metric.title,
        slice,
        // A wider bucket than the span's begins before it without having led.
        lag: first.start <= span.from && first.end > span.from ? 0 : first.start - span.from,
        value: strongest.value,
        expected: strongest.expected,
        score: strongest.score,
      },
    ];
  });
  return moved.sort((a, b) => Math.abs(b.score) - Math.abs(a.score)).slice(0, MOST);
}

interface Departure {
  start: Instant;
  end: Instant;
  value: number;
  expected: number;
  score: number;
}

function departureOf(
  point: Point,
  own: readonly Point[],
  metric: MetricDefinition,
  around: Span,
): Departure[] {
  const width = point.bucketSeconds * SECOND;
  const isHourly = !isRate(metric.measure.kind) && width < DAY;
  const earlier = own
    .filter(
      ({ bucketStart }) =>
        bucketStart + width <= around.from && (!isHourly || (point.bucketStart - bucketStart) % DAY === 0),
    )
    .slice(-(isHourly ? DAYS_BACK : 7 * MOST_EARLIER));
  if (earlier.length < LEAST_EARLIER) return [];
  const isCounted =
    point.denominator !== null || metric.measure.kind === 'count' || metric.measure.kind === 'distinct';
  const { expected, score } = isCounted ? ofCounts(point, earlier) : ofValues(point, earlier);
  return [{ start: point.bucketStart, end: point.bucketStart + width, value: point.value, expected, score }];
}

/**
 * The likelihood ratio of the bucket's count, as standard errors, against the pooled rate of the earlier ones and what
 * they vary beyond chance. Three of five orders are no finding by it, as they would be by a difference of rates.
 */
function ofCounts(point: Point, earlier: readonly Point[]): { expected: number; score: number } {
  const trialsOf = ({ denominator }: Point) => denominator ?? 1;
  const trials = earlier.reduce((sum, each) => sum + trialsOf(each), 0);
  const counted = earlier.reduce((sum, { numerator }) => sum + numerator, 0);
  const rate = (counted + 0.5) / (trials + 1);
  const beyond =
    earlier.reduce((sum, each) => {
      const expected = trialsOf(each) * rate;
      return expected === 0 ? sum : sum + (each.numerator - expected) ** 2 / expected;
    }, 0) / Math.max(1, earlier.length - 1);
  const expected = trialsOf(point) * rate;
  const isShare = point.denominator !== null && point.numerator <= point.denominator;
  const ratio = likelihoodRatio(point.numerator, expected, isShare ? point.denominator : null);
  const score = Math.sqrt(ratio / (Math.max(1, beyond) * (1 + expected / Math.max(counted, 0.5))));
  return { expected: rate, score: Math.sign(point.numerator - expected) * score };
}

/**
 * Student's t of one more value, as the standard errors of a normal law that are as unlikely (D. Wallace, 1959): of
 * seven earlier values the spread itself is hardly known.
 */
function ofValues({ value }: Point, earlier: readonly Point[]): { expected: number; score: number } {
  const freedom = earlier.length - 1;
  const mean = earlier.reduce((sum, each) => sum + each.value, 0) / earlier.length;
  const spread = earlier.reduce((sum, each) => sum + (each.value - mean) ** 2, 0) / freedom;
  if (spread === 0) return { expected: mean, score: 0 };
  const t = (value - mean) ** 2 / (spread * (1 + 1 / earlier.length));
  const score = Math.sqrt(freedom * Math.log1p(t / freedom));
  return { expected: mean, score: Math.sign(value - mean) * score };
}
