import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { DateTime } from 'luxon';
import { builtinDetectors } from '../detectors/index.js';
import type { SeriesContext } from '../src/detection/contract.js';
import type { Instant } from '../src/model/clock.js';
import type { Point } from '../src/model/point.js';
import type { Verdict } from '../src/model/verdict.js';
import { alertChart } from '../src/notify/chart.js';
import { svgToPng } from '../src/notify/png.js';

interface Picture {
  detector: string;
  params?: object;
  title: string;
  series: (data: string) => { context: SeriesContext; points: readonly Point[] };
  from: string;
  to: string;
}

const LONDON = 'Europe/London';
const nab =
  (name: string, every = 1) =>
  (data: string) =>
    plainSeries(join(data, 'nab/data', `${name}.csv`), every);
const cancelled = (data: string) => shop(data);
/** Days with fewer invoices are left out, as a metric's `min_denominator` does. */
const FEWEST_INVOICES = 30;

/** One for each detector, on the real shop's share of cancelled invoices or on series of the Numenta Anomaly Benchmark. */
const PICTURES: readonly Picture[] = [
  {
    detector: 'auto',
    title: 'Cancelled invoices',
    series: cancelled,
    from: '2011-08-15',
    to: '2011-11-06',
  },
  {
    detector: 'z-score',
    title: 'Cancelled invoices',
    series: cancelled,
    from: '2011-01-10',
    to: '2011-04-10',
  },
  {
    detector: 'seasonal',
    params: { period: ['day', 'week'] },
    title: 'Taxi passengers in New York',
    series: nab('realKnownCause/nyc_taxi'),
    from: '2014-11-18',
    to: '2014-12-02',
  },
  {
    detector: 'cusum',
    title: 'Cancelled invoices',
    series: cancelled,
    from: '2011-08-15',
    to: '2011-11-06',
  },
  {
    detector: 'rate',
    params: { false_alarm: 0.003 },
    title: 'Cancelled invoices',
    series: cancelled,
    from: '2011-01-10',
    to: '2011-04-10',
  },
  {
    detector: 'ewma',
    title: 'Taxi passengers in New York',
    series: nab('realKnownCause/nyc_taxi'),
    from: '2014-11-18',
    to: '2014-12-02',
  },
  {
    detector: 'level-shift',
    title: 'Taxi passengers in New York',
    series: nab('realKnownCause/nyc_taxi'),
    from: '2014-11-18',
    to: '2014-12-02',
  },
  {
    detector: 'percent-change',
    title: 'Cancelled invoices',
    series: cancelled,
    from: '2011-08-15',
    to: '2011-11-06',
  },
  {
    detector: 'threshold',
    params: { above: 0.2 },
    title: 'At most 20 % cancelled',
    series: cancelled,
    from: '2011-08-15',
    to: '2011-11-06',
  },
  {
    detector: 'burn-rate',
    params: { objective: 0.85, windows: [{ long_hours: 168, short_hours: 48, burn: 1.2 }] },
    title: 'An objective of 85 %',
    series: cancelled,
    from: '2011-08-15',
    to: '2011-11-06',
  },
  {
    detector: 'flatline',
    title: 'A day that stands still',
    series: nab('artificialWithAnomaly/art_daily_flatmiddle', 12),
    from: '2014-04-08',
    to: '2014-04-14',
  },
];

/** Draws them all from the data beside the project. */
export function drawPictures(data: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const picture of PICTURES)
    writeFileSync(join(folder, `detector-${picture.detector}.png`), drawn(picture, data));
}

function drawn({ detector: name, params = {}, title, series, from, to }: Picture, data: string): Buffer {
  const { context, points } = series(data);
  const detector = builtinDetectors.find((one) => one.name === name);
  if (detector === undefined) throw new Error(`there is no detector ${name}`);
  const judge = detector.create(detector.parameters.parse(params), context);
  const start = DateTime.fromISO(from, { zone: context.timezone }).toMillis();
  const end = DateTime.fromISO(to, { zone: context.timezone }).toMillis();
  const verdicts = points.map((point): Verdict => {
    const judgement = judge.observe({ ...point, annotations: [] });
    const found = judgement.status === 'judged' ? judgement : null;
    return {
      metric: point.metric,
      slice: point.slice,
      bucketStart: point.bucketStart,
      detector: name,
      status: found === null ? 'not_evaluable' : found.score > 1 ? 'anomalous' : 'normal',
      reason: judgement.status === 'judged' ? '' : judgement.reason,
      value: point.value,
      expected: found?.expected ?? null,
      lower: found?.lower ?? null,
      upper: found?.upper ?? null,
      score: found?.score ?? null,
      direction: found?.direction ?? null,
    };
  });
  const isShown = ({ bucketStart }: { bucketStart: Instant }) => bucketStart >= start && bucketStart < end;
  const svg = alertChart({
    points: points.filter(isShown),
    verdicts: verdicts.filter(isShown),
    alerts: [],
    annotations: [],
    slice: 'all',
    display: {
      title: `${name}: ${title}`,
      unit: context.kind === 'rate' ? 'rate' : 'count',
      counted: 'invoices',
      timezone: context.timezone,
      currency: 'GBP',
    },
  });
  return svgToPng(svg, 1);
}

function pointOf(
  bucketStart: Instant,
  bucketSeconds: number,
  numerator: number,
  denominator: number | null,
): Point {
  const value = numerator / (denominator ?? 1);
  return {
    ...{ metric: 'picture', slice: 'all', bucketStart, bucketSeconds, value, numerator, denominator },
    amount: 0,
    revision: 1,
  };
}

/** `timestamp,value`, in steps that are all alike; of them every so many, which is a longer bucket's last value. */
function plainSeries(file: string, every: number) {
  const rows = parse<{ timestamp: string; value: string }>(readFileSync(file), { columns: true }).filter(
    (_, at) => at % every === 0,
  );
  const times = rows.map(({ timestamp }) => DateTime.fromSQL(timestamp, { zone: 'UTC' }).toMillis());
  const bucketSeconds = ((times[1] as number) - (times[0] as number)) / 1_000;
  const points = rows.map(({ value }, at) =>
    pointOf(times[at] as number, bucketSeconds, Number(value), null),
  );
  return { context: { kind: 'value', bucketSeconds, timezone: 'UTC' } as const, points };
}

let shopSeries: ReturnType<Picture['series']> | null = null;

/** The share of cancelled invoices, day by day: half a million lines, which are read once for all pictures. */
function shop(data: string): ReturnType<Picture['series']> {
  shopSeries ??= readShop(data);
  return shopSeries;
}

function readShop(data: string): ReturnType<Picture['series']> {
  const text = gunzipSync(readFileSync(join(data, 'online-retail/online-retail.csv.gz')));
  const days = new Map<string, Set<string>>();
  for (const row of parse<Record<string, string>>(text, { columns: true, relax_quotes: true })) {
    const day = row.InvoiceDate?.slice(0, 10) ?? '';
    days.set(day, (days.get(day) ?? new Set()).add(row.InvoiceNo ?? ''));
  }
  const points = [...days]
    .filter(([, invoices]) => invoices.size >= FEWEST_INVOICES)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([day, invoices]) => {
      const cancellations = [...invoices].filter((invoice) => invoice.startsWith('C')).length;
      return pointOf(
        DateTime.fromISO(day, { zone: LONDON }).toMillis(),
        86_400,
        cancellations,
        invoices.size,
      );
    });
  return { context: { kind: 'rate', bucketSeconds: 86_400, timezone: LONDON } as const, points };
}
