import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { HOUR, type Instant, MINUTE, SimulatedClock } from '../../src/model/clock.js';
import { startService } from '../../src/service/service.js';
import { startEngine } from '../../src/store/embedded/engine.js';
import { migrate } from '../../src/store/migrate.js';
import { Store } from '../../src/store/store.js';
import { configuration } from '../flow/timeline.js';
import { SlackStandIn } from '../slack/stand-in.js';
import { metric, selector } from '../support/metric.js';
import { seededRandom } from '../support/random.js';
import { type Figures, print, printTable, whole } from './measure.js';
import { processorSeconds } from './process-figures.js';

const SERIES = Number(process.env.REDRESS_BENCH_SERIES ?? 10_000);
const START = Date.UTC(2026, 0, 5, 9);
/** Minutes before the detector has learned enough to speak. */
const QUIET_MINUTES = 15;
/** Minutes in each of which one series goes wrong. */
const MINUTES = 20;
/**
 * Tickets of a series in a minute, as usual and when something is wrong. So many, because here nothing but these incidents
 * is ever out of band: the budget of false alerts has no chance to hold them against, and takes smaller ones for it.
 */
const USUAL = 3;
const WRONG = 300;
const PORTION = 10_000;
const GIVE_UP = 30_000;

/**
 * From a bucket's close to the request that tells Slack of it: the service with all its parts, 10,000 series of buckets of a
 * minute, one of which goes wrong in each. A bucket closes with the first event behind its end; the time runs from the
 * moment that this event is sent until the stand-in for Slack is asked to post. No group waits. Processor time is of the same
 * stretch: Node's is that of the service, of whoever sends the event, and of the stand-in.
 */
export async function latency(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'redress-bench-'));
  const engine = await startEngine({ folder: join(folder, 'store') });
  const address = { url: engine.url, username: 'default', password: '', database: 'bench_latency' };
  await migrate(address);
  const store = new Store(address);
  const clock = new SimulatedClock(START);
  const slack = await SlackStandIn.start({ now: () => clock.now() });
  slack.addChannel({ id: 'C0DISPUTES', name: 'disputes' });
  const open = { store, address, embedded: false, applied: [], died: new Promise<string>(() => {}) };
  const service = await startService(
    settings(slack),
    { ...open, close: () => store.close() },
    { clock, log: pino({ level: 'silent' }), print: () => {} },
  );
  const posted = new Posts(slack);
  const work = () => ({
    node: processorSeconds(process.pid) * 1_000,
    engine: processorSeconds(engine.pid) * 1_000,
  });
  try {
    const send = (lines: readonly string[]) => post(`${service.address}/v1/events`, lines);
    const took: Figures[] = [];
    for (let minute = 0; minute < QUIET_MINUTES + MINUTES; minute += 1) {
      const start = START + minute * MINUTE;
      const wrong = minute < QUIET_MINUTES ? null : (minute * 37) % SERIES;
      clock.advanceTo(start + MINUTE - 1);
      const lines = eventsOf(start, wrong);
      for (let from = 0; from < lines.length; from += PORTION) await send(lines.slice(from, from + PORTION));
      await service.tick();
      await letArrivalsAge(store, start - MINUTE);
      clock.advanceTo(start + MINUTE + 100);
      const asked = posted.next();
      const before = work();
      const begun = performance.now();
      await send([event(0, start + MINUTE)]);
      if (wrong !== null) {
        const at = await asked;
        if (at === null) throw new Error(`Slack was not told of minute ${minute}`);
        const after = work();
        took.push({ ms: at - begun, node: after.node - before.node, engine: after.engine - before.engine });
      }
      await service.tick();
    }
    report(took);
  } finally {
    await service.stop();
    await slack.stop();
    await store.close();
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Minutes pass faster here than in life. What has come before the last two becomes as old as it would be by then, and
 * stays among the events that are known.
 */
async function letArrivalsAge(store: Store, before: Instant): Promise<void> {
  const columns = 'event_id, type, occurred_minute, origin_minute, due_minute, version';
  const past =
    'inserted_at >= now64(3) - toIntervalHour(1) AND occurred_minute < fromUnixTimestamp64Milli({before:Int64})';
  await store.statement(
    `INSERT INTO event_positions (${columns}, inserted_at)
     SELECT ${columns}, inserted_at - toIntervalDay(1) FROM event_positions WHERE ${past}`,
    { before },
  );
  await store.statement(`ALTER TABLE event_positions DELETE WHERE ${past} SETTINGS mutations_sync = 1`, {
    before,
  });
}

function report(took: readonly Figures[]): void {
  print(
    `  ${whole(SERIES)} series a minute, ${took.length} alerts: from a bucket's close to the request to Slack`,
  );
  const row = (name: string, figure: string) => {
    const sorted = took.map((each) => each[figure] ?? 0).sort((a, b) => a - b);
    const at = (share: number) => whole(sorted[Math.ceil(share * sorted.length) - 1] ?? 0);
    return [name, at(0.5), at(0.9), at(0.99)];
  };
  printTable([
    ['', 'median', 'p90', 'p99'],
    row('ms', 'ms'),
    row('Node, CPU ms', 'node'),
    row('engine, CPU ms', 'engine'),
  ]);
}

function settings(slack: SlackStandIn) {
  const base = configuration();
  return configuration({
    service: {
      ...base.service,
      slack: {
        token: slack.token,
        signingSecrets: [slack.signingSecret],
        apiUrl: slack.apiUrl,
        appToken: '',
        mayAct: ['anyone'],
        charts: 'none',
      },
    },
    metrics: [
      metric({
        id: 'tickets',
        title: 'Tickets',
        measure: { kind: 'count', of: selector('ticket.opened') },
        bucket: { count: 1, unit: 'minute' },
        slices: [['merchant_id']],
        detect: [{ use: 'z-score', params: { warm_up: 12 } }],
        falseAlertsPerWeek: 2,
        alert: { for: 1, recover: 1_000, mergeGap: 0, criticalScore: 1_000 },
      }),
    ],
    policies: [{ id: 'standard', steps: [{ delay: 0, targets: ['slack:#disputes'] }], ackTimeout: 4 * HOUR }],
  });
}

/** When the stand-in was asked to post. */
class Posts {
  #tell: (at: number) => void = () => {};

  constructor(slack: SlackStandIn) {
    slack.disturb = (method) => {
      if (method === 'chat.postMessage') this.#tell(performance.now());
      return null;
    };
  }

  /** The time of the next one; null when there is none for long. */
  next(): Promise<number | null> {
    return new Promise((resolve) => {
      const late = setTimeout(() => resolve(null), GIVE_UP);
      late.unref();
      this.#tell = (at) => {
        clearTimeout(late);
        resolve(at);
      };
    });
  }
}

const random = seededRandom(5);

function eventsOf(start: Instant, wrong: number | null): string[] {
  const lines: string[] = [];
  for (let series = 0; series < SERIES; series += 1) {
    const tickets = series === wrong ? WRONG : USUAL;
    for (let index = 0; index < tickets; index += 1)
      lines.push(event(series, start + Math.floor(random() * MINUTE)));
  }
  return lines;
}

let events = 0;

function event(series: number, at: Instant): string {
  events += 1;
  return JSON.stringify({
    event_id: `e${events}`,
    type: 'ticket.opened',
    occurred_at: at,
    merchant_id: `m${series}`,
  });
}

async function post(url: string, lines: readonly string[]): Promise<void> {
  const answer = await fetch(url, { method: 'POST', body: lines.join('\n') });
  if (!answer.ok) throw new Error(`the events were answered ${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
}
