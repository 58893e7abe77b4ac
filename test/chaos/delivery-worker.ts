// One life of the process that decides and delivers: it takes up the journal, lets things happen, tells of them in
// Slack, and is killed in the middle of it. With `--finish` it lets everything end, sends what waits, and exits.
import { readFileSync } from 'node:fs';
import type { Configuration } from '../../src/config/configuration.js';
import { notificationOf } from '../../src/messages/notifications.js';
import { type Instant, MINUTE } from '../../src/model/clock.js';
import type { JournalEntry } from '../../src/model/journal.js';
import { createRouter } from '../../src/notify/index.js';
import { Outbox } from '../../src/notify/outbox.js';
import { slackNotifier } from '../../src/notify/slack.js';
import { slackApi } from '../../src/notify/slack-api.js';
import { SlackRoots } from '../../src/notify/slack-roots.js';
import { Uncertain } from '../../src/notify/uncertain.js';
import { createDeciders } from '../../src/pipeline/deciding.js';
import { SlackRefresh } from '../../src/service/slack-refresh.js';
import { Journal } from '../../src/store/journal.js';
import { Store, type StoreAddress } from '../../src/store/store.js';
import { HOUR, hour, metric, seen } from '../alerts/fixtures.js';
import { seededRandom } from '../support/random.js';

export interface WorkerTask {
  configuration: Configuration;
  address: StoreAddress;
  slack: { token: string; apiUrl: string };
  /** Where the stand-in is told what time it is. */
  clockUrl: string;
  now: Instant;
  seed: number;
  finish: boolean;
}

const SLICES = ['all', 'region=GB', 'region=DE', 'region=FR', 'region=ES'];
const NO_ANSWER_AFTER = 400;

const task = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as WorkerTask;
const random = seededRandom(task.seed);
const { configuration } = task;
const store = new Store(task.address);
const journal = new Journal(store);
const entries = await journal.read();
const { alerts, followUps } = createDeciders(configuration, {
  saved: [],
  restateHorizon: 0,
  reportFault: () => undefined,
});
alerts.restore(entries);
const append = (written: readonly JournalEntry[]) => journal.append(written);
const api = slackApi({ ...task.slack, timeout: NO_ANSWER_AFTER });
const slack = slackNotifier({
  api,
  context: { owners: configuration.owners, dashboardsUrl: '' },
  roots: new SlackRoots(api),
});
const parts = { configuration, alerts, followUps };
const outbox = new Outbox({
  router: createRouter([slack]),
  due: (now) => alerts.dueDeliveries(now),
  delivery: (id) => alerts.delivery(id),
  notificationOf: (delivery) => notificationOf(delivery, parts),
  recordAttempt: (id, outcome, now) => alerts.recordAttempt(id, outcome, now),
  append,
  uncertain: new Uncertain(entries),
  underway: new Map(),
  patience: null,
});
const refresh = new SlackRefresh(slack, null);

let now = Math.max(task.now, ...entries.map(({ at }) => at));
process.stdout.write('ready\n');
if (task.finish) await finish();
else for (;;) await step();

/** Something happens, a while later; what is due of it is sent. */
async function step(): Promise<void> {
  const due = alerts.nextDue();
  const soon = due !== null && due < now + 20 * MINUTE && random() < 0.8;
  await letPass(soon ? Math.max(now, due) : now + Math.floor((5 + random() * 30) * MINUTE));
  if (random() < 0.5) {
    const slice = SLICES[Math.floor(random() * SLICES.length)] ?? 'all';
    const ill = random() < 0.55;
    await append(observe(slice, ill ? 'up' : 'normal', ill ? 1.5 + random() * 4 : 0.2));
  }
  if (random() < 0.25) await act();
  await deliver();
}

/** A person does something to one of the open alerts. */
async function act(): Promise<void> {
  const open = alerts.alerts().filter(({ state }) => state === 'firing' || state === 'acknowledged');
  const alert = open[Math.floor(random() * open.length)];
  if (alert === undefined) return;
  const kind = random() < 0.7 ? 'acknowledge' : 'resolve';
  const answer = alerts.act({ kind, alertId: alert.alertId, actor: 'ann' }, now);
  if (answer.outcome === 'done') await append(answer.entries);
}

/** Everything comes back to normal, and everything that waits is sent. */
async function finish(): Promise<void> {
  for (let round = 0; round < 12; round++) {
    await letPass(now + HOUR);
    for (const slice of SLICES) await append(observe(slice, 'normal', 0.2));
    await deliver();
  }
  for (let round = 0; round < 200 && alerts.nextDue() !== null; round++) {
    await letPass(Math.max(now, alerts.nextDue() ?? now));
    await deliver();
  }
  for (let round = 0; round < 20; round++) await deliver();
  await store.close();
}

function observe(slice: string, status: 'up' | 'normal', score: number): JournalEntry[] {
  const bucket = hour(Math.floor((now - hour(0)) / HOUR) - 1);
  return alerts.observe(
    seen(bucket, status, { slice, score, of: metric({ slices: [[], ['region']] }) }),
    now,
  );
}

async function letPass(to: Instant): Promise<void> {
  now = to;
  await fetch(task.clockUrl, { method: 'POST', body: String(now) });
  await append(alerts.due(now));
}

async function deliver(): Promise<void> {
  await outbox.send(now);
  await refresh.round(() => parts, now);
}
