import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { audit } from '../../src/alerts/audit.js';
import type { Configuration } from '../../src/config/configuration.js';
import { alertView } from '../../src/messages/alert-view.js';
import { notificationOf } from '../../src/messages/notifications.js';
import type { Alert } from '../../src/model/alert.js';
import { HOUR, MINUTE } from '../../src/model/clock.js';
import type { Delivery } from '../../src/model/delivery.js';
import type { JournalEntry } from '../../src/model/journal.js';
import { slackMessage } from '../../src/notify/slack-message.js';
import { markOf } from '../../src/notify/slack-search.js';
import { createDeciders } from '../../src/pipeline/deciding.js';
import { Journal } from '../../src/store/journal.js';
import type { Store, StoreAddress } from '../../src/store/store.js';
import { hour } from '../alerts/fixtures.js';
import { type Fault, SlackStandIn } from '../slack/stand-in.js';
import type { StoredMessage } from '../slack/store.js';
import { seededRandom } from '../support/random.js';
import type { WorkerTask } from './delivery-worker.js';

export interface DeliveryChaosOptions {
  seed: number;
  /** How often the process is killed with `kill -9`. */
  kills: number;
  store: Store;
  address: StoreAddress;
  configuration: Configuration;
  say(line: string): void;
}

export interface DeliveryChaosReport {
  kills: number;
  /** Kills by where they hit: around a call of Slack's, or at any moment. */
  killedAt: Readonly<Record<string, number>>;
  /** Faults of Slack's that were met, by kind. */
  faults: Readonly<Record<string, number>>;
  subjects: number;
  messages: number;
  problems: readonly string[];
}

const WORKER = fileURLToPath(new URL('delivery-worker.ts', import.meta.url));
const CHANNELS = ['disputes', 'leads'];
/** How many calls of Slack's a life lasts at most, when it is one of them that ends it. */
const LONGEST_LIFE = 30;
/** One call in so many fails in some way. */
const FAULT_SHARE = 0.2;

/** Kills the process that delivers, over and over, while Slack refuses, stalls and breaks off; then looks what is there. */
export async function runDeliveryChaos(options: DeliveryChaosOptions): Promise<DeliveryChaosReport> {
  const chaos = new DeliveryChaos(options, await SlackStandIn.start());
  try {
    return await chaos.run();
  } finally {
    await chaos.end();
  }
}

class DeliveryChaos {
  readonly #options: DeliveryChaosOptions;
  readonly #slack: SlackStandIn;
  readonly #random: () => number;
  readonly #folder = mkdtempSync(join(tmpdir(), 'redress-deliveries-'));
  readonly #killedAt: Record<string, number> = {};
  readonly #faults: Record<string, number> = {};
  #life = 0;

  constructor(options: DeliveryChaosOptions, slack: SlackStandIn) {
    this.#options = options;
    this.#slack = slack;
    this.#random = seededRandom(options.seed);
    for (const name of CHANNELS) slack.addChannel({ id: `C0${name.toUpperCase()}`, name });
    slack.setClock(hour(0));
  }

  async run(): Promise<DeliveryChaosReport> {
    const { kills, say } = this.#options;
    for (let kill = 0; kill < kills; kill++) {
      await this.#liveAndDie();
      if ((kill + 1) % 20 === 0) say(`killed ${kill + 1} times; ${this.#messages().length} messages so far`);
    }
    this.#slack.disturb = null;
    const last = this.#start(true);
    const [code] = (await once(last.child, 'exit')) as [number | null];
    const problems = code === 0 ? [] : [`the last life ended with ${code}: ${last.said()}`];
    const { subjects, problems: found } = await this.#verify();
    return {
      kills,
      killedAt: this.#killedAt,
      faults: this.#faults,
      subjects,
      messages: this.#messages().length,
      problems: [...problems, ...found],
    };
  }

  async end(): Promise<void> {
    await this.#slack.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** One life: it ends around one of its calls of Slack's, or at any moment. */
  async #liveAndDie(): Promise<void> {
    const atCall = this.#random() < 0.75;
    const when = (['before', 'carried_out', 'answered'] as const)[Math.floor(this.#random() * 3)] ?? 'before';
    let left = 1 + Math.floor(this.#random() * LONGEST_LIFE);
    const life = this.#start(false);
    const kill = () => {
      life.child.kill('SIGKILL');
    };
    this.#slack.disturb = () => {
      left -= 1;
      if (atCall && left === 0) return { kind: 'interrupt', when, act: kill };
      return this.#random() < FAULT_SHARE ? this.#fault() : null;
    };
    await life.ready;
    const timer = atCall ? undefined : setTimeout(kill, this.#random() * 800);
    const [code] = (await once(life.child, 'exit')) as [number | null];
    clearTimeout(timer);
    const word = atCall ? `${when} a call` : 'any moment';
    this.#killedAt[word] = (this.#killedAt[word] ?? 0) + 1;
    if (code !== null) throw new Error(`the process ended by itself with ${code}: ${life.said()}`);
  }

  #fault(): Fault {
    const faults: readonly Fault[] = [
      { kind: 'ratelimited', retryAfter: 1 + Math.floor(this.#random() * 30) },
      { kind: 'error', error: 'internal_error' },
      { kind: 'status', status: 503 },
      { kind: 'disconnect', carriedOut: false },
      { kind: 'disconnect', carriedOut: true },
      { kind: 'silence' },
    ];
    const fault = faults[Math.floor(this.#random() * faults.length)] as Fault;
    const word = 'carriedOut' in fault && fault.carriedOut ? 'disconnect when done' : fault.kind;
    this.#faults[word] = (this.#faults[word] ?? 0) + 1;
    return fault;
  }

  #start(finish: boolean): { child: ChildProcess; ready: Promise<unknown>; said(): string } {
    this.#life += 1;
    const { seed, address, configuration } = this.#options;
    const task: WorkerTask = {
      configuration,
      address,
      slack: { token: this.#slack.token, apiUrl: this.#slack.apiUrl },
      clockUrl: this.#slack.clockUrl,
      now: this.#slack.clock() + MINUTE,
      seed: seed * 1_000 + this.#life,
      finish,
    };
    const file = join(this.#folder, `${this.#life}.json`);
    writeFileSync(file, JSON.stringify(task));
    const child = spawn(process.execPath, ['--import', 'tsx', WORKER, file], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-2_000);
    });
    const ready = Promise.race([once(child.stdout as NodeJS.ReadableStream, 'data'), once(child, 'exit')]);
    return { child, ready, said: () => said };
  }

  #messages(): StoredMessage[] {
    return this.#slack.store.channels.flatMap(({ messages }) => messages);
  }

  /** Holds what people see against what was decided. */
  async #verify(): Promise<{ subjects: number; problems: string[] }> {
    const { store, configuration } = this.#options;
    const entries = await new Journal(store).read();
    const { alerts, followUps } = createDeciders(configuration, {
      saved: [],
      restateHorizon: 0,
      reportFault: () => undefined,
    });
    alerts.restore(entries);
    const problems: string[] = [];
    const pending = alerts.pendingDeliveries().length;
    if (pending > 0) problems.push(`${pending} deliveries still wait`);
    // What is there is looked at below; what should be there and never was is known from the transitions alone.
    const now = Math.max(...entries.map(({ at }) => at));
    for (const { kind, deliveryId } of audit(entries, { since: 0, now, patience: HOUR }))
      problems.push(`${deliveryId} is ${kind}`);

    const newest = new Map<string, Delivery>();
    for (const { stream, id, body } of entries)
      if (stream === 'delivery') newest.set(id, body as unknown as Delivery);
    const byRoot = new Map<string, Delivery>();
    for (const delivery of newest.values()) {
      if (!delivery.target.startsWith('slack:')) continue;
      if (delivery.state === 'failed')
        problems.push(`${delivery.deliveryId} was given up: ${delivery.failure}`);
      byRoot.set(`${delivery.subject.kind} ${delivery.subject.id} ${delivery.target}`, delivery);
    }

    const left = groupsLeft(entries);
    const times = new Map<string, number>();
    for (const message of this.#messages()) {
      const id = markOf(message)?.deliveryId ?? '';
      times.set(id, (times.get(id) ?? 0) + 1);
    }
    for (const [id, count] of times) if (count > 1) problems.push(`${id} was said ${count} times`);
    for (const { deliveryId, state, target } of newest.values())
      if (state === 'sent' && target.startsWith('slack:') && !times.has(deliveryId))
        problems.push(`${deliveryId} counts as sent and is not there`);

    for (const [name, delivery] of byRoot) {
      const channel = this.#slack.channel(delivery.target.slice('slack:'.length));
      const roots = channel.messages.filter((message) => {
        const mark = markOf(message);
        return (
          message.thread_ts === undefined &&
          mark?.kind === delivery.subject.kind &&
          mark.id === delivery.subject.id
        );
      });
      if (roots.length !== 1) problems.push(`${name} has ${roots.length} root messages`);
      // A group that an alert has left for a newer one is over, and stays as it was shown when it ended: what its alerts
      // are now says nothing of it.
      if (left.has(delivery.subject.id)) continue;
      const expected = slackMessage(
        shownNotification(delivery, { configuration, alerts, followUps }),
        { owners: configuration.owners, dashboardsUrl: '' },
        null,
      );
      for (const root of roots) {
        const seen = root.text + factsOf(root.blocks);
        const wanted = expected.text + factsOf(expected.blocks);
        if (seen !== wanted)
          problems.push(`${name} does not show its last state: ${difference(seen, wanted)}`);
      }
    }
    return { subjects: byRoot.size, problems };
  }
}

/** What a delivery's message shows: an alert's own message shows the alert, though it is in a group by now. */
function shownNotification(delivery: Delivery, parts: Parameters<typeof notificationOf>[1]) {
  const notification = notificationOf(delivery, parts);
  const alert = parts.alerts.alert(delivery.alertId);
  if (notification.kind !== 'alert' || delivery.subject.kind !== 'alert' || alert === undefined)
    return notification;
  return { ...notification, ...alertView(alert, parts), group: null };
}

/** Groups that an alert was in and is not in any more. */
function groupsLeft(entries: readonly JournalEntry[]): Set<string> {
  const now = new Map<string, string>();
  const ever = new Map<string, Set<string>>();
  for (const { stream, id, body } of entries) {
    if (stream !== 'alert') continue;
    const { groupId } = body as unknown as Alert;
    now.set(id, groupId);
    ever.set(id, (ever.get(id) ?? new Set()).add(groupId));
  }
  return new Set([...ever].flatMap(([id, groups]) => [...groups].filter((group) => group !== now.get(id))));
}

/** What a message shows, but for why it was last sent and the ids that Slack makes up. */
function factsOf(blocks: readonly object[]): string {
  return JSON.stringify(
    blocks
      .map((block) => block as Record<string, unknown>)
      .filter(({ type }) => type !== 'context')
      .map(({ block_id, ...block }) => (block.type === 'actions' ? { block_id, ...block } : block)),
  );
}

/** Where two texts part, with what each says from there on. */
function difference(seen: string, wanted: string): string {
  let at = 0;
  while (seen[at] === wanted[at]) at += 1;
  const from = Math.max(0, at - 40);
  return `it says …${seen.slice(from, at + 80)}… and not …${wanted.slice(from, at + 80)}…`;
}
