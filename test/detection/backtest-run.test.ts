import { beforeAll, describe, expect, it } from 'vitest';
import { backtest, historySpan } from '../../src/backtest/backtest.js';
import { BacktestHistory } from '../../src/backtest/backtest-history.js';
import type { Configuration } from '../../src/config/configuration.js';
import type { Alert } from '../../src/model/alert.js';
import { HOUR } from '../../src/model/clock.js';
import type { MetricDefinition } from '../../src/model/metric.js';
import { replay } from '../../src/pipeline/replay.js';
import { EventLog } from '../../src/store/event-log.js';
import type { Store } from '../../src/store/store.js';
import { configuration } from '../flow/timeline.js';
import { settings, twoIncidents } from '../flow/two-incidents.js';
import { selector } from '../support/metric.js';
import { testDatabase } from '../support/store.js';

const [rate, orders] = settings.metrics as [MetricDefinition, MetricDefinition];

const reportFault = ({ error }: { error: unknown }): never => {
  throw error;
};

async function backtested(store: Store, of: Configuration, { remake = false } = {}) {
  const history = new BacktestHistory(store, of.annotations, { remake });
  const span = await historySpan(of, history, { isLive: false });
  return backtest(of, { span, metrics: of.metrics, history, reportFault });
}

async function replayed(store: Store, of: Configuration): Promise<Alert[]> {
  const { alerts } = await replay(of, store, {
    router: { send: async () => ({ outcome: 'sent', messageRef: 'backtest' }), find: async () => null },
    reportFault,
  });
  return alerts
    .alerts()
    .filter(({ openedAt, kind }) => openedAt !== null && kind === 'metric')
    .sort((a, b) => (a.openedAt ?? 0) - (b.openedAt ?? 0) || (a.alertId < b.alertId ? -1 : 1));
}

const TABLES = ['points_log', 'verdicts_log', 'journal', 'judge_states', 'annotations_log', 'checkpoints'];

/** How many rows the tables have that a replay writes to. */
async function rows(store: Store): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const table of TABLES)
    for await (const [row] of store.rows<{ n: number }>(`SELECT count() AS n FROM ${table} FINAL`))
      found[table] = row?.n ?? 0;
  return found;
}

describe('a backtest', () => {
  let store: Store;
  beforeAll(async () => {
    ({ store } = await testDatabase());
    await new EventLog(store).write({ accepted: twoIncidents(), rejected: [] });
  });

  it('finds the alerts of a replay in a store that nothing has judged yet, and leaves nothing there', async () => {
    const before = await rows(store);
    const run = await backtested(store, settings);
    expect(await rows(store)).toEqual(before);
    expect(run.origins.get('dispute_rate')).toMatchObject({ read: 0 });
    const alerts = run.episodes.map(({ alert }) => alert);
    expect(alerts.length).toBeGreaterThan(3);
    expect(alerts).toEqual(await replayed(store, settings));
    expect(run.episodes.some(({ announcedAt }) => announcedAt.length === 0)).toBe(true);
  });

  it('takes the points that are stored', async () => {
    const alerts = await replayed(store, settings);
    const before = await rows(store);
    const run = await backtested(store, settings);
    expect(await rows(store)).toEqual(before);
    expect(run.episodes.map(({ alert }) => alert)).toEqual(alerts);
    expect(run.origins.get('dispute_rate')).toMatchObject({ made: 0 });
    expect(run.origins.get('orders')).toMatchObject({ made: 0 });
  });

  it('makes in memory what another configuration asks for, as a replay with it would', async () => {
    const others: Configuration[] = [
      // A new set of dimensions beside stored ones, and a metric that there has never been.
      configuration({
        metrics: [
          { ...rate, slices: [[], ['channel'], ['region'], ['region', 'channel']] },
          { ...orders, id: 'deliveries', slices: [[], ['channel']] },
        ],
      }),
      // Another definition under a name that points are stored for.
      configuration({
        metrics: [
          {
            ...rate,
            measure: {
              kind: 'ratio',
              numerator: selector('dispute.opened', { where: { channel: ['app'] } }),
              denominator: selector('order.delivered'),
            },
          },
        ],
      }),
    ];
    for (const other of others) {
      await replayed(store, settings);
      const run = await backtested(store, other);
      expect(run.episodes.length).toBeGreaterThan(0);
      expect(run.origins.get('dispute_rate')?.made).toBeGreaterThan(0);
      expect(run.episodes.map(({ alert }) => alert)).toEqual(await replayed(store, other));
    }
  });

  it('reads what is stored beside what it makes, or makes all of it when it is told to', async () => {
    const wider = configuration({ metrics: [{ ...rate, slices: [[], ['region'], ['channel']] }] });
    await replayed(store, settings);
    const [both, remade] = [await backtested(store, wider), await backtested(store, wider, { remake: true })];
    expect(both.origins.get('dispute_rate')?.read).toBeGreaterThan(0);
    expect(both.origins.get('dispute_rate')?.made).toBeGreaterThan(0);
    expect(remade.origins.get('dispute_rate')).toMatchObject({ read: 0 });
    expect(remade.episodes).toEqual(both.episodes);
  });

  it('takes an alert as told when its group is, and as held back when its parent speaks for it', async () => {
    const metrics = [rate, { ...rate, id: 'the_same_again' }];
    const grouping = { by: [], wait: 0, interval: HOUR };
    const grouped = configuration({ metrics, routes: [{ match: {}, policy: 'standard', grouping }] });
    const told = async (of: Configuration) => {
      const { episodes } = await backtested(store, of);
      return episodes.map(({ alert, announcedAt }) => `${alert.alertId} ${announcedAt.length > 0}`);
    };
    const one = await told(grouped);
    expect(one).toEqual(await told(configuration({ metrics })));
    expect(new Set(one.map((line) => line.split(' ')[1]))).toEqual(new Set(['true', 'false']));
  });
});
