import { describe, expect, test } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../src/model/clock.js';
import type { Point } from '../../src/model/point.js';
import type { Verdict } from '../../src/model/verdict.js';
import { alertChart } from '../../src/notify/chart.js';
import { chartData } from '../../src/notify/chart-data.js';
import { timeTicks } from '../../src/notify/chart-ticks.js';
import { svgToPng } from '../../src/notify/png.js';
import { NOON } from './fixtures.js';

const display = {
  title: 'Disputes per delivered order',
  unit: 'rate',
  counted: 'disputes',
  timezone: 'Europe/London',
  currency: 'GBP',
} as const;

function series(values: readonly (number | null)[]): { points: Point[]; verdicts: Verdict[] } {
  const points = values.flatMap((value, index) =>
    value === null
      ? []
      : {
          metric: 'm',
          slice: 'all',
          bucketStart: NOON + index * HOUR,
          bucketSeconds: 3_600,
          value,
          numerator: value * 1_000,
          denominator: 1_000,
          amount: 0,
          revision: 1,
        },
  );
  const verdicts = points.map(
    ({ bucketStart, value }): Verdict => ({
      metric: 'm',
      slice: 'all',
      bucketStart,
      detector: 'combined',
      status: value > 0.02 ? 'anomalous' : 'normal',
      reason: '',
      value,
      expected: 0.01,
      lower: 0.005,
      upper: 0.015,
      score: value / 0.02,
      direction: 'up',
    }),
  );
  return { points, verdicts };
}

const chart = (
  values: readonly (number | null)[],
  changes: Partial<Parameters<typeof alertChart>[0]> = {},
) => ({
  ...series(values),
  alerts: [],
  annotations: [],
  slice: 'category=toys',
  display,
  ...changes,
});

const rise = [...Array(30).fill(0.01), ...Array(6).fill(0.034), ...Array(12).fill(0.01)];

describe('the picture of an alert', () => {
  const alerts = [{ startedAt: NOON + 30 * HOUR, openedAt: NOON + 32 * HOUR, resolvedAt: NOON + 38 * HOUR }];
  const sale = {
    annotationId: 'sale',
    kind: 'campaign',
    title: 'Sale <50% & more>',
    scope: 'all',
    startsAt: NOON + 5 * HOUR,
    endsAt: NOON + 20 * HOUR,
  } as const;

  test('says in words what it shows, and when it fired, in the metric’s zone', () => {
    const svg = alertChart(chart(rise, { alerts, annotations: [sale] }));
    for (const words of [
      'Disputes per delivered order',
      'category toys',
      'fired 17 Feb 20:00',
      'Usual range',
      'Out of range',
      'Sale &lt;50% &amp; more&gt;',
      '>4%<',
      '>Wed 18 Feb<',
    ])
      expect(svg).toContain(words);
    expect(svg).not.toContain('NaN');
  });

  test('is the same picture each time, white to its edges in dark mode too, and 760 by 480 pixels', () => {
    const svg = alertChart(chart(rise, { alerts }));
    expect(svg).toMatch(/<rect width="760" height="480" x="0" y="0"[^>]* fill="#ffffff"/);
    const png = svgToPng(svg);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([760, 480]);
    expect(svgToPng(alertChart(chart(rise, { alerts })))).toEqual(png);
  });

  test('has its text on a machine without fonts', () => {
    const words =
      '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30"><text y="20">word</text></svg>';
    const blank = words.replace('word', '');
    expect(svgToPng(words).length).toBeGreaterThan(svgToPng(blank).length);
  });

  test.each([
    ['no points', chart([])],
    ['one point', chart([0.01])],
    ['a constant zero', chart([0, 0, 0], { verdicts: [] })],
    ['values below zero', chart([-5, -3, -8], { verdicts: [], display: { ...display, unit: 'amount' } })],
    [
      'an alert outside the picture',
      chart([0.01], { alerts: [{ startedAt: 0, openedAt: 1, resolvedAt: 2 }] }),
    ],
    ['a zone that is none', chart([0.01, 0.02], { display: { ...display, timezone: 'Mars/Olympus' } })],
  ])('can be drawn with %s', (_what, given) => {
    const svg = alertChart(given);
    expect(svg).toContain('Disputes per delivered order');
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });
});

describe('what is drawn', () => {
  test('a missing bucket is a gap in the line and in the band, not a bridge', () => {
    const data = chartData(chart([0.01, 0.01, null, 0.01]));
    expect(data.values.map(([, value]) => value)).toEqual([0.01, 0.01, null, 0.01]);
    expect(data.band.map((stretch) => stretch.length)).toEqual([2, 1]);
  });

  test('an open alert lasts to the end of the last bucket', () => {
    const alerts = [{ startedAt: NOON - DAY, openedAt: NOON + HOUR, resolvedAt: null }];
    expect(chartData(chart([0.01, 0.01], { alerts })).spans).toEqual([{ from: NOON, to: NOON + 2 * HOUR }]);
  });

  test('what was expected is in the picture, however far off the values are', () => {
    for (const [value, expected] of [
      [0.2, 0],
      [0.2, 0.01],
      [0.001, 0.2],
      [0, 0.9],
    ] as const) {
      const given = chart([value, value, value]);
      const verdicts = given.verdicts.map((verdict) => ({ ...verdict, expected }));
      const { floor, ceiling } = chartData({ ...given, verdicts });
      expect(floor).toBeLessThanOrEqual(expected);
      expect(ceiling).toBeGreaterThanOrEqual(expected);
    }
  });

  test('the marks of the value axis are evenly apart up to its end', () => {
    const given = chart([0.1, 0.62, 0.1]);
    const verdicts = given.verdicts.map((verdict) => ({ ...verdict, upper: 1 }));
    const svg = alertChart({ ...given, verdicts });
    expect([...svg.matchAll(/>(\d+)%</g)].map(([, percent]) => Number(percent))).toEqual([
      0, 25, 50, 75, 100,
    ]);
  });

  test('a band a hundred times the values does not flatten them', () => {
    const given = chart([0.01, 0.012, 0.02]);
    const verdicts = given.verdicts.map((verdict) => ({ ...verdict, upper: 2 }));
    const { floor, ceiling } = chartData({ ...given, verdicts });
    expect(floor).toBe(0);
    expect(ceiling).toBeLessThan(0.1);
  });

  test('the combined verdict is drawn where a bucket has several', () => {
    const given = chart([0.03]);
    const other = given.verdicts.map((verdict) => ({ ...verdict, detector: 'z-score', upper: 9 }));
    expect(
      chartData({ ...given, verdicts: [...other, ...given.verdicts, ...other] }).band[0]?.[0]?.upper,
    ).toBe(0.015);
  });
});

describe('the time axis', () => {
  test('marks midnights of the zone, on the days that have 23 or 25 hours too', () => {
    const ticks = timeTicks(Date.UTC(2026, 2, 27), Date.UTC(2026, 2, 31, 12), 'Europe/London');
    expect(ticks.map(({ at, label }) => `${new Date(at).toISOString().slice(5, 13)} ${label}`)).toEqual([
      '03-27T00 Fri 27 Mar',
      '03-28T00 Sat 28 Mar',
      '03-29T00 Sun 29 Mar',
      '03-29T23 Mon 30 Mar',
      '03-30T23 Tue 31 Mar',
    ]);
  });

  test.each([5 * MINUTE, 40 * MINUTE, HOUR, DAY, 20 * DAY, 300 * DAY, 4_000 * DAY, 40_000 * DAY])(
    'has few marks over %d ms',
    (span) => {
      const ticks = timeTicks(NOON, NOON + span, 'Asia/Kathmandu');
      expect(ticks.length).toBeGreaterThan(0);
      expect(ticks.length).toBeLessThanOrEqual(6);
    },
  );
});
