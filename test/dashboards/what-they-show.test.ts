import { beforeAll, describe, expect, test } from 'vitest';
import { alertsDashboard } from '../../src/dashboards/alerts.js';
import { followUpsDashboard } from '../../src/dashboards/follow-ups.js';
import { metric } from '../../src/dashboards/metric.js';
import { overview } from '../../src/dashboards/overview.js';
import { pipeline } from '../../src/dashboards/pipeline.js';
import { POINTS_A_SERIES, type Series } from './marketplace-rows.js';
import { Reading } from './reading.js';

const TOYS = 'category=toys,region=GB';
const SERIES: Series[] = [
  { metric: 'dispute_rate', slice: 'all', value: 0.03, denominator: 1_000 },
  { metric: 'dispute_rate', slice: 'region=GB', value: 0.04, denominator: 400 },
  { metric: 'dispute_rate', slice: 'region=DE', value: 0.02, denominator: 600 },
  { metric: 'dispute_rate', slice: TOYS, value: 0.05, denominator: 100 },
  { metric: "o'r\\ders", slice: 'all', value: 500, denominator: null },
  { metric: 'refund_rate', slice: 'region=DE', value: 0.02, denominator: 600 },
  { metric: 'refund_rate', slice: 'region=GB', value: 0.04, denominator: 400, score: 3 },
];

let reading: Reading;

beforeAll(async () => {
  reading = await Reading.of(SERIES);
});

describe('the overview', () => {
  const shown = (title: string) => reading.shown(overview, title);

  test('has every metric as it is now, those with open alerts first', async () => {
    expect(await shown('Every metric now, against what was expected')).toMatchObject([
      {
        metric: 'dispute_rate',
        slice: 'all',
        value: '3 %',
        expected: '1.5 %',
        'expected band': '0 % to 2.25 %',
        score: 2,
        status: 'anomalous',
        'open alerts': 2,
      },
      { metric: 'refund_rate', slice: 'region=GB', value: '4 %', score: 3 },
      {
        metric: "o'r\\ders",
        slice: 'all',
        value: '500',
        expected: '250',
        'expected band': '0 to 375',
        'open alerts': 0,
      },
    ]);
  });

  test('counts alerts that are open, by severity', async () => {
    expect(await shown('Open alerts')).toEqual([{ critical: 1, warning: 1, info: 0 }]);
    expect(await shown('Alerts that nobody has taken')).toEqual([{ critical: 1, warning: 0, info: 0 }]);
  });

  test('lists open alerts first, however old, and only the resolved ones of the time shown', async () => {
    const rows = await shown('Alerts');
    expect(rows.map(({ state }) => state)).toEqual(['firing', 'acknowledged', 'resolved']);
    expect(rows[1]).toMatchObject({ 'acknowledged by': 'kim', 'excess cases': 12.5, 'excess money': 300 });
  });

  test('says where open alerts come from, causes alone', async () => {
    expect(await shown('Where alerts come from')).toMatchObject([
      { cause: "category=o'r\\ders,region=GB", 'of the change': 0.9, 'excess cases': 45, confidence: 0.97 },
    ]);
  });

  test('counts follow-ups that are not closed, and lists the overdue ones', async () => {
    expect(await shown('Follow-ups not closed')).toEqual([{ open: 2, overdue: 1 }]);
    expect(await shown('Follow-ups past their due date')).toMatchObject([{ title: 'overdue', owner: 'sam' }]);
  });

  test('shows a source that went quiet before the time shown, the quietest first', async () => {
    expect(await shown('How fresh the data is')).toMatchObject([
      { source: 'http', behind: 40 * 86_400, events: 1 },
      { source: 'kafka', behind: 60, events: 2 },
    ]);
  });

  test('says what became of the messages', async () => {
    expect(await shown('Messages not delivered')).toEqual([{ 'given up': 1, waiting: 1 }]);
  });
});

describe('the metric', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's notation of a variable.
  const CHART = '${metric}, ${slice}: value and expected band';

  test('offers every metric, its slicings and its slices, the chosen slicing first', async () => {
    expect(await reading.offered(metric, 'metric')).toEqual(['dispute_rate', "o'r\\ders", 'refund_rate']);
    expect(await reading.offered(metric, 'dimensions')).toEqual(['all', 'region', 'category,region']);
    expect(await reading.offered(metric, 'slice', { dimensions: 'region' })).toEqual([
      'all',
      'region=DE',
      'region=GB',
      TOYS,
    ]);
    expect(await reading.offered(metric, 'detector')).toEqual(['combined', 'z-score']);
  });

  test.each(SERIES)('shows the points of the chosen series and no other: $metric $slice', async (series) => {
    const rows = await reading.shown(metric, CHART, { metric: series.metric, slice: series.slice });
    expect(rows.map(({ value }) => value)).toEqual(Array(POINTS_A_SERIES).fill(series.value));
  });

  test('has the band of the chosen detector, and marks what was anomalous', async () => {
    const orders = { metric: "o'r\\ders", slice: 'all' };
    const rows = await reading.shown(metric, CHART, orders);
    expect(rows[0]).toMatchObject({ value: 500, expected: null, lower: null, upper: null, anomalous: null });
    expect(rows[1]).toMatchObject({ expected: 250, lower: 0, upper: 375, anomalous: null });
    expect(rows.at(-1)).toMatchObject({ expected: 250, anomalous: 500 });
    const single = await reading.shown(metric, CHART, { ...orders, detector: 'z-score' });
    expect(single.at(-1)).toMatchObject({ expected: 99, anomalous: 500 });
  });

  test('shows rates in percent and counts as numbers', async () => {
    const panel = metric.panels.find(({ title }) => title === CHART);
    const rowsOf = async (refId: string, chosen: string) => {
      const target = panel?.targets.find((query) => query.refId === refId);
      return (await reading.ask(target?.rawSql ?? '', { metric: chosen })).rows.length;
    };
    expect(await rowsOf('rate', 'dispute_rate')).toBe(POINTS_A_SERIES);
    expect(await rowsOf('value', 'dispute_rate')).toBe(0);
    expect(await rowsOf('rate', "o'r\\ders")).toBe(0);
    expect(await rowsOf('value', "o'r\\ders")).toBe(POINTS_A_SERIES);
    expect(panel?.fieldConfig.overrides[0]).toEqual({
      matcher: { id: 'byFrameRefID', options: 'rate' },
      properties: [{ id: 'unit', value: 'percentunit' }],
    });
  });

  test('says how many cases are behind a point', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's notation of a variable.
    const rows = await reading.shown(metric, '${metric}, ${slice}: cases behind each point');
    expect(rows[0]).toMatchObject({ counted: 30, 'out of': 1_000 });
  });

  test('ranks slices of one slicing by what they had beyond the expected', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's notation of a variable.
    const title = 'Slices by ${dimensions}, those furthest from what was expected first';
    // Five buckets have an expectation, which is half of the value.
    expect(await reading.shown(metric, title, { dimensions: 'region' })).toMatchObject([
      { slice: 'region=GB', counted: 80, expected: 40, excess: 40, 'anomalous buckets': 1, buckets: 5 },
      { slice: 'region=DE', counted: 60, expected: 30, excess: 30, 'anomalous buckets': 1, buckets: 5 },
    ]);
  });

  test('leads one step up and down from a slice', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's notation of a variable.
    const title = 'From ${slice} one step up or down';
    expect(await reading.shown(metric, title, { slice: 'region=GB' })).toMatchObject([
      { slice: 'all', relation: 'it is part of', counted: 180 },
      { slice: TOYS, relation: 'part of it', counted: 30 },
    ]);
    expect((await reading.shown(metric, title)).map(({ slice }) => slice)).toEqual([
      'region=GB',
      'region=DE',
    ]);
  });

  test('says in what way each detector judged, the common verdict first', async () => {
    expect(await reading.shown(metric, 'Why it was judged so')).toEqual([
      { detector: 'combined', status: 'normal', reason: '', buckets: 4 },
      { detector: 'combined', status: 'anomalous', reason: '', buckets: 1 },
      { detector: 'z-score', status: 'normal', reason: '', buckets: 4 },
      { detector: 'z-score', status: 'anomalous', reason: '', buckets: 1 },
    ]);
  });

  test("marks the series' alerts and follow-ups that were open in the time shown", async () => {
    const titles = async (name: string, slice: string) =>
      (await reading.marks(metric, name, { slice })).map(({ title }) => title);
    expect(await titles('Alerts', 'all')).toEqual(['Alert: warning', 'Alert: critical', 'Alert: warning']);
    expect(await titles('Alerts', TOYS)).toEqual([]);
    expect(await titles('Follow-ups', 'all')).toEqual(
      expect.arrayContaining(['Follow-up: overdue', 'Follow-up: done']),
    );
    expect(await titles('Campaigns', 'all')).toEqual(['everywhere']);
    expect(await titles('Campaigns', TOYS)).toEqual(['everywhere', 'toys']);
  });
});

describe('the alerts', () => {
  const shown = (title: string, choices = {}) => reading.shown(alertsDashboard, title, choices);

  test("are everybody's or one owner's", async () => {
    expect(await reading.offered(alertsDashboard, 'owner')).toEqual(['everybody', 'sam']);
    expect((await shown('Alerts')).length).toBe(3);
    expect((await shown('Alerts', { owner: 'sam' })).length).toBe(3);
    expect(await shown('Alerts', { owner: 'kim' })).toEqual([]);
    expect(await shown('Open alerts by owner')).toEqual([{ who: 'sam', alerts: 2 }]);
  });

  test('tell how long it took, from the log', async () => {
    expect(await shown('How long it took, in the middle case')).toEqual([
      { 'to detect': 0, 'to acknowledge': 1_800, 'to resolve': 3_600 },
    ]);
  });

  test('count messages to each channel by week', async () => {
    expect(await shown('Messages by channel and week, against the fatigue line')).toMatchObject([
      { target: 'slack:#care', messages: 1 },
    ]);
  });

  test('give the precision of each metric from what people said', async () => {
    expect(await shown('Noise and precision by metric')).toMatchObject([
      { metric: 'dispute_rate', fired: 2, true: 1, 'false alarm': 1, precision: 0.5 },
    ]);
  });

  test('have the whole story of the chosen one', async () => {
    expect(await shown('The chosen alert')).toMatchObject([{ metric: 'dispute_rate', state: 'firing' }]);
    expect(await shown('What happened to the chosen alert', { alert: 'resolved-today' })).toMatchObject([
      { 'what happened': 'fired', actor: 'system' },
      { 'what happened': 'acknowledged', actor: 'kim' },
      { 'what happened': 'resolved' },
    ]);
    expect((await shown('Who was told of the chosen alert')).length).toBeGreaterThan(0);
  });
});

describe('the follow-ups', () => {
  const shown = (title: string, choices = {}) => reading.shown(followUpsDashboard, title, choices);

  test('are counted by state, by owner and by age', async () => {
    expect(await shown('Follow-ups not closed')).toEqual([{ open: 2, overdue: 1, 'being verified': 0 }]);
    expect(await shown('Follow-ups by state')).toEqual([
      { state: 'open', follow_ups: 1 },
      { state: 'in progress', follow_ups: 1 },
      { state: 'verified', follow_ups: 2 },
    ]);
    expect(await shown('Open follow-ups by owner')).toMatchObject([
      { who: 'sam', open: 2, overdue: 1, 'high or urgent': 2 },
    ]);
    expect(await shown('Open follow-ups by age')).toEqual([{ age: 'four weeks and more', follow_ups: 2 }]);
    expect(await shown('Open follow-ups by owner', { owner: 'kim' })).toEqual([]);
  });

  test('tell what a verified fix has changed', async () => {
    expect(await shown('What the fixes changed')).toMatchObject([
      { title: 'done', before: '1 %', during: '5 %', after: '1 %', changed: '-4 %', 'saved a week': 80 },
    ]);
    expect(await shown('Cases spared a week')).toEqual([{ cases: 80 }]);
    expect(await shown('How well it goes')).toEqual([{ verified: 1, reopened: 0 }]);
  });
});

describe('the pipeline', () => {
  const shown = (title: string) => reading.shown(pipeline, title);

  test('tells for each target what became of its messages', async () => {
    expect(await shown('Messages by target')).toMatchObject([
      { target: 'slack:#care', sent: 1, waiting: 0, replaced: 1, 'given up': 0 },
      { target: 'webhook:ops', sent: 0, waiting: 1, replaced: 0, 'given up': 1 },
    ]);
  });

  test('tells why inputs were rejected, the most frequent reason first', async () => {
    expect(await shown('Rejected events by reason')).toMatchObject([
      { reason: 'invalid_date', field: 'occurred_at', source: 'http', inputs: 2 },
      { reason: 'malformed_json', field: '', source: 'http', inputs: 1 },
    ]);
  });

  test('counts the points of each metric and how late they were', async () => {
    const rows = (await shown('Points made')).filter((row) => row.metric === 'dispute_rate');
    expect(rows.map(({ points }) => points)).toEqual(Array(POINTS_A_SERIES).fill(4));
    const delays = await shown('From the end of a bucket to its points');
    expect(delays.length).toBe(POINTS_A_SERIES);
    for (const row of delays) expect(Number(row['the middle point'])).toBeGreaterThan(0);
  });

  test('tells how long detection took', async () => {
    const rows = await shown('From a point to its verdict');
    expect(rows.length).toBe(POINTS_A_SERIES - 1);
    for (const row of rows) expect(Number(row['the middle point'])).toBeGreaterThanOrEqual(0);
  });

  test('counts verdicts by what they say', async () => {
    expect(await shown('Verdicts and their reasons')).toEqual([
      { status: 'normal', reason: '', points: 28 },
      { status: 'anomalous', reason: '', points: 7 },
    ]);
  });
});
