import { assemble } from '../../src/app.js';
import type { Configuration } from '../../src/config/configuration.js';
import { resolveFollowUps } from '../../src/config/resolve-follow-ups.js';
import { ServiceFileSchema } from '../../src/config/schema-service.js';
import type { ReportFault } from '../../src/detection/judging.js';
import type { Alert, EscalationPolicy } from '../../src/model/alert.js';
import { DAY, HOUR, type Instant, MINUTE, SimulatedClock } from '../../src/model/clock.js';
import type { Delivery, SendOutcome } from '../../src/model/delivery.js';
import type { ArrivedEvent } from '../../src/model/event.js';
import type { JournalEntry } from '../../src/model/journal.js';
import type { Notification } from '../../src/notify/contract.js';
import type { Router } from '../../src/notify/index.js';
import type { Carried } from '../../src/pipeline/commands.js';
import type { Redress } from '../../src/redress.js';
import { EventLog } from '../../src/store/event-log.js';
import { Journal } from '../../src/store/journal.js';
import type { Store } from '../../src/store/store.js';
import { arrived } from '../support/event.js';
import { metric } from '../support/metric.js';
import { testDatabase } from '../support/store.js';
import { at, clockTime } from './times.js';

export { at } from './times.js';

const POLICY: EscalationPolicy = {
  id: 'standard',
  steps: [
    { delay: 0, targets: ['console'] },
    { delay: 15 * MINUTE, targets: ['slack:#leads'] },
    { delay: 30 * MINUTE, targets: ['slack:#directors'] },
  ],
  ackTimeout: 8 * HOUR,
};

/** One metric, one policy; a story says what is different. */
export function configuration(overrides: Partial<Configuration> = {}): Configuration {
  return {
    folder: 'test',
    service: {
      clickhouse: { url: null, username: 'default', password: '', database: 'redress', data: '', port: 0 },
      http: {
        host: '127.0.0.1',
        port: 0,
        publicUrl: '',
        tokens: [],
        requestsPerMinute: 1_000,
        trustedProxies: [],
      },
      kafka: null,
      slack: null,
      webhooks: {},
      webhookSecret: '',
      heartbeat: null,
      currency: 'EUR',
      ingest: {
        idleAfter: 5 * MINUTE,
        staleAfter: 2 * HOUR,
        forgetAfter: DAY,
        restateHorizon: 2 * DAY,
        maxEventBytes: 100_000,
      },
      privacy: { text: 'keep', attributes: {}, otherAttributes: 'keep', hashKey: '' },
      retention: {},
      dashboardsUrl: '',
      trackers: { github: {}, jira: {} },
    },
    metrics: [disputeRate()],
    policies: [POLICY],
    routes: [{ match: {}, policy: POLICY.id }],
    sameCauseWithin: 7 * DAY,
    owners: [{ id: 'ann', name: 'Ann', slack: '', timezone: 'UTC', lead: '' }],
    annotations: [],
    followUps: { ...resolveFollowUps(ServiceFileSchema.parse({}).follow_ups, true), verifyPoints: 3 },
    digest: { weekday: 1, minute: 9 * 60, readers: [] },
    ...overrides,
  };
}

export const disputeRate = (overrides: Parameters<typeof metric>[0] = {}) =>
  metric({
    allowedLateness: 10 * MINUTE,
    detect: [{ use: 'z-score', params: { warm_up: 12 } }],
    alert: { for: 1, recover: 2, mergeGap: 3 * HOUR, criticalScore: 20 },
    owner: 'ann',
    ...overrides,
  });

/** What happens in one region in one hour. */
export interface Traffic {
  orders: number;
  disputes: number;
  region?: string;
}

/** A target's answers, by default that everything arrives. */
export type Answer = (target: string, notification: Notification, now: Instant) => SendOutcome;
const ARRIVES: Answer = () => ({ outcome: 'sent', messageRef: 'there' });

/** The whole pipeline on the real engine and the simulated clock, with stand-ins for the people's screens. */
export class Timeline {
  readonly clock = new SimulatedClock(at('00:00', -1));
  readonly store: Store;
  answer: Answer = ARRIVES;
  completeUntil: (now: Instant) => Instant | null = (now) => now;
  /** As a live service has it, which decides nothing in the past; a replay decides each thing at its own moment. */
  notBefore: (() => Instant) | null = null;
  /** How long a first message waits for its analysis, ms; null for as long as it takes, as in a replay. */
  analysisPatience: number | null = null;
  /** Told of a detector that fails, which no story expects by default. */
  reportFault: ReportFault = ({ error }) => {
    throw error;
  };
  #configuration: Configuration;
  #redress: Redress | null = null;
  #events = 0;

  private constructor(store: Store, settings: Configuration) {
    this.store = store;
    this.#configuration = settings;
  }

  static async begin(settings: Configuration = configuration()): Promise<Timeline> {
    const { store } = await testDatabase();
    return new Timeline(store, settings);
  }

  /** Stores the same traffic for each hour from `from` to before `to`. */
  async traffic(from: Instant, to: Instant, ...regions: Traffic[]): Promise<void> {
    const accepted: ArrivedEvent[] = [];
    for (let hour = from; hour < to; hour += HOUR)
      for (const { orders, disputes, region = '' } of regions) {
        const put = (type: string, index: number) =>
          accepted.push(
            arrived({
              eventId: `e${this.#events++}`,
              type,
              region,
              amount: '10',
              occurredAt: hour + (index % 3600) * 1000,
            }),
          );
        for (let index = 0; index < orders; index++) put('order.delivered', index);
        for (let index = 0; index < disputes; index++) put('dispute.opened', index);
      }
    await new EventLog(this.store).write({ accepted, rejected: [] });
  }

  /** Lets the time pass. */
  async until(to: Instant): Promise<void> {
    const redress = await this.redress();
    await redress.pipeline.advance(to);
    this.clock.advanceTo(to);
  }

  /** As if the process had ended and begun again, perhaps with another configuration. */
  async restart(how: 'stopped' | 'killed', settings = this.#configuration): Promise<void> {
    if (how === 'stopped') await this.#redress?.saveJudges();
    this.#configuration = settings;
    this.#redress = null;
  }

  /** Carries out a person's command now, and sends what it asks for. */
  async command<Result extends { outcome: string }>(
    run: (redress: Redress, now: Instant) => Carried<Result>,
  ): Promise<Result> {
    const redress = await this.redress();
    const now = this.clock.now();
    const { result, entries, judgesChanged = false } = run(redress, now);
    if (judgesChanged) await redress.saveJudges();
    await redress.append(entries);
    await redress.outbox.send(now);
    return result;
  }

  async acknowledge(actor: string): Promise<void> {
    const alert = await this.alert();
    await this.command((redress, now) =>
      redress.commands.alert({ kind: 'acknowledge', alertId: alert.alertId, actor }, now),
    );
  }

  /** The newest metric alert of a slice. Throws when there is none. */
  async alert(slice = 'all'): Promise<Alert> {
    const found = (await this.alerts()).filter((alert) => alert.kind === 'metric' && alert.slice === slice);
    const alert = found.sort((a, b) => a.startedAt - b.startedAt).at(-1);
    if (alert === undefined) throw new Error(`no alert for ${slice}`);
    return alert;
  }

  async alerts(): Promise<readonly Alert[]> {
    return (await this.redress()).alerts.alerts();
  }

  /** What people heard, from the store's journal: `11:10 console first_notification all`. */
  async heard(): Promise<string[]> {
    const { alerts } = await this.redress();
    return (await this.journal())
      .filter(({ stream, reason }) => stream === 'delivery' && reason === 'sent')
      .map(({ at: moment, body }) => {
        const delivery = body as unknown as Delivery;
        const slice = alerts.alert(delivery.alertId)?.slice;
        return `${clockTime(moment)} ${delivery.target} ${delivery.reason} ${slice}`;
      });
  }

  journal(): Promise<JournalEntry[]> {
    return new Journal(this.store).read();
  }

  async redress(): Promise<Redress> {
    const router: Router = {
      send: async (target, notification) => this.answer(target, notification, this.clock.now()),
      find: async () => null,
    };
    this.#redress ??= await assemble(this.#configuration, this.store, {
      router,
      completeUntil: (now) => this.completeUntil(now),
      reportFault: (fault) => this.reportFault(fault),
      write: 'at_once',
      ...(this.notBefore === null ? {} : { notBefore: this.notBefore }),
      ...(this.analysisPatience === null ? {} : { analysisPatience: this.analysisPatience }),
    });
    return this.#redress;
  }
}
