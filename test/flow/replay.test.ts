import { beforeAll, describe, expect, it } from 'vitest';
import { assemble } from '../../src/app.js';
import { HOUR, type Instant, MINUTE } from '../../src/model/clock.js';
import type { SendOutcome } from '../../src/model/delivery.js';
import { LATEST } from '../../src/model/event-schema.js';
import type { Notification } from '../../src/notify/contract.js';
import type { Router } from '../../src/notify/index.js';
import { replay } from '../../src/pipeline/replay.js';
import type { Redress } from '../../src/redress.js';
import { EventLog } from '../../src/store/event-log.js';
import { PointTable } from '../../src/store/point-table.js';
import type { Store } from '../../src/store/store.js';
import { arrived } from '../support/event.js';
import { metric, selector } from '../support/metric.js';
import { seededRandom } from '../support/random.js';
import { testDatabase } from '../support/store.js';
import { at, configuration } from './timeline.js';
import { FROM, settings, TO, twoIncidents } from './two-incidents.js';

/** Slack fails now and then, always at the same attempts of the same deliveries. */
const router: Router = {
  send: async (target, { delivery }: Notification): Promise<SendOutcome> =>
    target.startsWith('slack') && (delivery.subject.version + delivery.attempts) % 3 === 0
      ? { outcome: 'retry', reason: 'ratelimited', retryAfter: 30_000 }
      : { outcome: 'sent', messageRef: `at:${delivery.deliveryId}` },
  find: async () => null,
};

/** People acknowledge whatever is firing at these moments, and take on the worst of it. */
const ACTS = [at('11:40'), at('13:10'), at('09:20', 1), at('20:00', 1)];

function planActs(redress: Redress, after: Instant): void {
  for (const moment of ACTS)
    if (moment > after)
      redress.pipeline.schedule(moment, (now) => {
        const firing = redress.alerts.alerts().filter((alert) => alert.state === 'firing');
        return firing
          .filter((alert) => alert.kind === 'metric')
          .sort((a, b) => (a.alertId < b.alertId ? -1 : 1))
          .flatMap((alert) => [
            ...redress.commands.alert({ kind: 'acknowledge', alertId: alert.alertId, actor: 'ann' }, now)
              .entries,
            ...redress.commands.openFollowUp({ alert, actor: 'ann' }, now).entries,
          ]);
      });
}

/** Everything that people and dashboards can see, and what decides how it goes on. */
async function everything(store: Store) {
  const all = async (text: string) => {
    const rows: unknown[] = [];
    for await (const some of store.rows<unknown>(text)) rows.push(...some);
    return rows;
  };
  return {
    points: await all('SELECT * EXCEPT made_at FROM points ORDER BY metric, slice, bucket_start'),
    verdicts: await all(
      'SELECT * EXCEPT judged_at FROM verdicts ORDER BY metric, slice, bucket_start, detector',
    ),
    journal: await all(
      "SELECT * EXCEPT written_at FROM journal FINAL WHERE stream != 'progress' ORDER BY stream, id, version",
    ),
    progress: await all("SELECT id, body FROM journal FINAL WHERE stream = 'progress' ORDER BY id"),
  };
}

type Everything = Awaited<ReturnType<typeof everything>>;

const reportFault = ({ error }: { error: unknown }): never => {
  throw error;
};

async function storeOfEvents(): Promise<Store> {
  const { store } = await testDatabase();
  await new EventLog(store).write({ accepted: twoIncidents(), rejected: [] });
  return store;
}

/** Lives through the days in steps, with restarts where `restart` says so. */
async function live(
  store: Store,
  step: () => number,
  restart: () => 'no' | 'stopped' | 'killed',
): Promise<Everything> {
  let redress: Redress | null = null;
  for (let now = FROM; now < TO; ) {
    if (redress === null) {
      redress = await assemble(settings, store, {
        router,
        completeUntil: (moment) => moment,
        reportFault,
        write: 'at_once',
        beginning: FROM,
      });
      planActs(redress, now);
    }
    now = Math.min(TO, now + step());
    await redress.pipeline.advance(now);
    const how = restart();
    if (how === 'stopped') await redress.saveJudges();
    if (how !== 'no') redress = null;
  }
  return everything(store);
}

describe('a replay of the same events', () => {
  let store: Store;
  let replayed: Everything;
  const run = () =>
    replay(settings, store, {
      from: FROM,
      to: TO,
      router,
      reportFault,
      onReady: (redress) => planActs(redress, FROM),
    });

  beforeAll(async () => {
    store = await storeOfEvents();
    await run();
    replayed = await everything(store);
  });

  it('finds what there is to find', () => {
    const reasons = new Set(replayed.journal.map((entry) => (entry as { reason: string }).reason));
    for (const reason of ['fired', 'inhibited', 'escalated', 'acknowledged', 'retry', 'sent', 'resolved'])
      expect(reasons).toContain(reason);
    expect(replayed.points.length).toBeGreaterThan(300);
  });

  it('leaves the same when it is done twice', async () => {
    await run();
    expect(await everything(store)).toEqual(replayed);
  });

  it('leaves what living through it hour by hour leaves', async () => {
    const lived = await live(
      await storeOfEvents(),
      () => HOUR,
      () => 'no',
    );
    expect(lived).toEqual(replayed);
  });

  it('leaves what a life with restarts at odd moments leaves', async () => {
    const random = seededRandom(11);
    const lived = await live(
      await storeOfEvents(),
      () => Math.ceil(random() * 300) * MINUTE,
      () => {
        const chance = random();
        return chance < 0.4 ? 'no' : chance < 0.7 ? 'stopped' : 'killed';
      },
    );
    expect(lived).toEqual(replayed);
  });

  it('makes no empty buckets after the last event, however long the bucket of another metric is', async () => {
    const { store: other } = await testDatabase();
    const orders = Array.from({ length: 48 }, (_, hour) =>
      arrived({ eventId: `e${hour}`, type: 'order.delivered', occurredAt: FROM + hour * HOUR + 1 }),
    );
    await new EventLog(other).write({ accepted: orders, rejected: [] });
    const counted = { kind: 'count', of: selector('order.delivered') } as const;
    const metrics = (['hour', 'month'] as const).map((unit) =>
      metric({ id: unit, measure: counted, bucket: { count: 1, unit } }),
    );
    await replay(configuration({ metrics }), other, { router, reportFault });
    const table = new PointTable(other);
    const values = async (id: string) => (await table.between(id, 0, LATEST)).map(({ value }) => value);
    expect(await values('hour')).toEqual(orders.map(() => 1));
    expect(await values('month')).toEqual([48]);
  });
});
