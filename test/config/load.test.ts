import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../src/config/load.js';
import { formatProblem } from '../../src/config/problems.js';
import { writeStartingConfiguration } from '../../src/config/starting-configuration.js';
import { DAY, HOUR, MINUTE } from '../../src/model/clock.js';
import { configuration, folder, load, problems, write } from './folder.js';
import { detectors } from './known-detectors.js';

describe('a metric', () => {
  it('needs an id, a kind and what it counts; the rest has defaults', async () => {
    expect((await configuration()).metrics).toEqual([
      {
        id: 'orders',
        title: 'orders',
        measure: { kind: 'count', of: { event: ['order.placed'], where: {}, ignore: [] } },
        date: 'occurred_at',
        bucket: { count: 1, unit: 'hour' },
        timezone: 'UTC',
        bad: 'up',
        minDenominator: 0,
        allowedLateness: 10 * MINUTE,
        slices: [[]],
        maxSeries: 10_000,
        empty: 'zero',
        detect: [],
        combine: 'any',
        minDeviation: 0,
        newNormalAfter: 144,
        alert: { for: 2, recover: 3, mergeGap: 3 * HOUR, criticalScore: 3, criticalMinEvents: 5 },
        owner: '',
        runbook: '',
      },
    ]);
  });

  it('reads what is measured and which events, by kind', async () => {
    await write(
      'metrics.yaml',
      `
- id: answer_time
  kind: quantile
  of: { event: ticket.responded, where: { channel: { not: [mail, post] }, amount: { at_least: 10, below: 99.5 } } }
  value: duration
  level: 0.9
- { id: basket, kind: mean, of: { event: order.placed, where: { region: GB } } }
- { id: sellers, kind: distinct, of: { event: order.placed }, distinct: merchant_id, min_expected: 5, trading_days: [mon, sat] }
`,
    );
    const { metrics } = await configuration();
    expect(metrics.map(({ measure, minDenominator }) => ({ measure, minDenominator }))).toEqual([
      {
        measure: {
          kind: 'quantile',
          of: {
            event: ['ticket.responded'],
            where: {},
            except: { channel: ['mail', 'post'] },
            bounds: { amount: { atLeast: 10, below: 99.5 } },
            ignore: [],
          },
          value: 'duration',
          level: 0.9,
        },
        minDenominator: 30,
      },
      {
        measure: {
          kind: 'mean',
          of: { event: ['order.placed'], where: { region: ['GB'] }, ignore: [] },
          value: 'amount',
        },
        minDenominator: 30,
      },
      {
        measure: {
          kind: 'distinct',
          of: { event: ['order.placed'], where: {}, ignore: [] },
          by: 'merchant_id',
        },
        minDenominator: 5,
      },
    ]);
    expect(metrics.map(({ tradingDays }) => tradingDays)).toEqual([undefined, undefined, [1, 6]]);
  });

  it('is read with every setting as it was written', async () => {
    await write('owners.yaml', '- { id: after-sales, name: After-sales }');
    await write(
      'metrics.yaml',
      `
- id: lost_parcels
  title: Lost parcels
  kind: ratio
  numerator: { event: dispute.opened, where: { scenario: [not_received, damaged], express: true } }
  denominator: { event: [order.delivered, order.cancelled], ignore: [scenario] }
  date: origin_at
  bucket: 1month
  timezone: Asia/Kolkata
  bad: both
  min_denominator: 200
  allowed_lateness: 2d
  slices: [[], [region, scenario]]
  detect: [{ use: seasonal, period: day }, { use: cusum }]
  combine: { at_least: 2 }
  min_deviation: 0.01
  min_relative_deviation: 0.2
  false_alerts_per_week: 0.5
  new_normal_after: 900d
  calendar: { campaign: hold, holiday: { widen: 2 }, closure: { plus: 0.01 } }
  alert: { for: { n: 3, of: 5 }, recover: { below: 0.7, for: 4 }, merge_gap: 1w, critical_score: 5, critical_min_events: 0, critical_events: 90, critical_amount: 8000 }
  owner: after-sales
  runbook: https://example.org/runbook
`,
    );
    expect((await configuration()).metrics[0]).toEqual({
      id: 'lost_parcels',
      title: 'Lost parcels',
      measure: {
        kind: 'ratio',
        numerator: {
          event: ['dispute.opened'],
          where: { scenario: ['not_received', 'damaged'], express: ['true'] },
          ignore: [],
        },
        denominator: { event: ['order.delivered', 'order.cancelled'], where: {}, ignore: ['scenario'] },
      },
      date: 'origin_at',
      bucket: { count: 1, unit: 'month' },
      timezone: 'Asia/Kolkata',
      bad: 'both',
      minDenominator: 200,
      allowedLateness: 2 * DAY,
      slices: [[], ['region', 'scenario']],
      maxSeries: 10_000,
      empty: 'zero',
      detect: [
        { use: 'seasonal', params: { period: 'day' } },
        { use: 'cusum', params: {} },
      ],
      combine: { atLeast: 2 },
      minDeviation: 0.01,
      minRelativeDeviation: 0.2,
      falseAlertsPerWeek: 0.5,
      newNormalAfter: 30,
      calendar: {
        campaign: { kind: 'hold' },
        holiday: { kind: 'widen', by: 2 },
        closure: { kind: 'shift', times: 1, plus: 0.01 },
      },
      alert: {
        for: 3,
        forOf: 5,
        recover: 4,
        recoverBelow: 0.7,
        mergeGap: 7 * DAY,
        criticalScore: 5,
        criticalMinEvents: 0,
        criticalEvents: 90,
        criticalAmount: 8000,
      },
      owner: 'after-sales',
      runbook: 'https://example.org/runbook',
    });
  });

  it('takes detect: auto for the one detector of that name', async () => {
    await write(
      'metrics.yaml',
      '- { id: orders, kind: count, of: { event: order.placed }, detect: auto, combine: { at_least: 1 } }',
    );
    expect((await configuration()).metrics[0]).toMatchObject({
      detect: [{ use: 'auto', params: {} }],
      combine: { atLeast: 1 },
      alert: { for: 1, recover: 3 },
    });
  });

  it('shares the false alerts of an installation with the others that are judged and have no number of their own', async () => {
    const of = 'kind: count, of: { event: order.placed }';
    await write(
      'metrics.yaml',
      `- { id: a, ${of}, detect: auto }
- { id: b, ${of}, detect: auto, new_normal_after: never }
- { id: c, ${of}, detect: auto, false_alerts_per_week: 7, new_normal_after: 2h }
- { id: d, ${of}, detect: auto, false_alerts_per_week: unlimited }
- { id: e, ${of}, detect: [{ use: cusum, accept_after: 28 }] }
- { id: f, ${of} }`,
    );
    await write('redress.yaml', 'false_alerts_per_week: 3');
    const { metrics } = await configuration();
    expect(metrics.map((metric) => metric.falseAlertsPerWeek)).toEqual([1, 1, 7, undefined, 1, undefined]);
    expect(metrics.map((metric) => metric.newNormalAfter)).toEqual([144, undefined, 12, 144, 24, 144]);
    await write('redress.yaml', 'false_alerts_per_week: unlimited');
    expect((await configuration()).metrics[0]?.falseAlertsPerWeek).toBeUndefined();
  });

  it('of kind breach goes by the due date without being told', async () => {
    await write(
      'metrics.yaml',
      '- { id: late, kind: breach, opened: { event: ticket.opened }, answered: { event: ticket.responded } }',
    );
    expect((await configuration()).metrics[0]).toMatchObject({ date: 'due_at', minDenominator: 30 });
  });

  it('of an event type that is nearly a standing one is taken, with a warning', async () => {
    await write('metrics.yaml', '- { id: orders, kind: count, of: { event: order.plased } }');
    expect((await load()).warnings.map(formatProblem)).toEqual([
      `${join(folder, 'metrics.yaml')}:1:43  orders.of.event: 'order.plased' is not one of the standing event types (did you mean 'order.placed'?)`,
    ]);
  });
});

describe('a metric that can have more series than are kept', () => {
  const warned = async (yaml: string) => {
    await write('metrics.yaml', yaml);
    return (await load()).warnings.map(({ message }) => message.replace(/^.*slices(\[\d\])?: /, ''));
  };
  const orders = (rest: string, where = '') =>
    `- { id: orders, kind: count, of: { event: order.placed${where} }, ${rest} }`;

  it('hears of a dimension that has a value for each of something, unless it says how many it wants', async () => {
    expect(await warned(orders('slices: [[], [region, merchant_id]]'))).toEqual([
      'a series for each merchant_id, of which the largest 10000 are kept: say how many with max_series',
    ]);
    expect(await warned(orders('slices: [[], [region, merchant_id]], max_series: 500'))).toEqual([]);
    expect(await warned(orders('slices: [[], [region]]'))).toEqual([]);
  });

  it('hears of it where its conditions list all values there are', async () => {
    const where = ', where: { region: [GB, DE, FR], channel: [app, web] }';
    expect(await warned(orders('slices: [[], [region, channel]], max_series: 6', where))).toEqual([
      'can be 7 series, the largest 6 are kept: max_series',
    ]);
    expect(await warned(orders('slices: [[], [region, channel]], max_series: 7', where))).toEqual([]);
  });
});

describe('a folder', () => {
  it('without metrics.yaml is told how to get one', async () => {
    await rm(join(folder, 'metrics.yaml'));
    expect(await problems()).toEqual([
      `${join(folder, 'metrics.yaml')}:1:1  is missing; 'redress init' writes one to start from`,
    ]);
  });

  it('with a file that nothing reads is warned of it', async () => {
    await write('owner.yaml', '[]');
    expect((await load()).warnings.map(formatProblem)).toEqual([
      `${join(folder, 'owner.yaml')}:1:1  is not read (did you mean 'owners.yaml'?)`,
    ]);
  });

  it('is not blamed for what a broken file would have defined', async () => {
    await write('metrics.yaml', '- { id: orders, kind: count, of: { event: order.placed }, owner: anna }');
    await write('owners.yaml', '- { id: anna');
    const found = await problems();
    expect(found).not.toEqual([]);
    expect(found.every((problem) => problem.startsWith(join(folder, 'owners.yaml')))).toBe(true);
  });

  it('with broken YAML is told where it broke', async () => {
    await write('metrics.yaml', '- id: orders\n  kind: count\n  of: { event: order.placed\n  bad: down\n');
    expect(await problems()).toEqual([
      `${join(folder, 'metrics.yaml')}:4:3  is not valid YAML: Flow map in block collection must be sufficiently indented and end with a }`,
    ]);
  });

  it('may be in Latin-1, and is told that it must not', async () => {
    await writeFile(join(folder, 'owners.yaml'), Buffer.from([0x2d, 0x20, 0xe9]));
    expect(await problems()).toEqual([`${join(folder, 'owners.yaml')}:1:1  is not UTF-8 text`]);
  });
});

describe('the configuration to start from', () => {
  it('is written whole, is valid, and is the one that the program comes with', async () => {
    const target = join(folder, 'new', 'config');
    const written = await writeStartingConfiguration(target);
    const loaded = await loadConfiguration(target, { env: {}, detectors });
    expect(loaded).toMatchObject({ ok: true, warnings: [] });
    expect(written).toHaveLength(5);
    const original = fileURLToPath(new URL('../../config/metrics.yaml', import.meta.url));
    expect(await readFile(join(target, 'metrics.yaml'), 'utf8')).toBe(await readFile(original, 'utf8'));
  });

  it('never overwrites what is there', async () => {
    await expect(writeStartingConfiguration(folder)).rejects.toMatchObject({ code: 'usage' });
    expect((await load()).ok && (await configuration()).metrics).toHaveLength(1);
  });

  it('has a sister for the online shop that is valid too', async () => {
    const shop = fileURLToPath(new URL('../../config/examples/online-retail', import.meta.url));
    const loaded = await loadConfiguration(shop, { env: {}, detectors });
    expect(loaded.ok && loaded.configuration.metrics.map((metric) => metric.id)).toEqual([
      'orders',
      'cancelled',
      'cancellation_rate',
    ]);
  });
});
