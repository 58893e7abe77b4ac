import { pino } from 'pino';
import type { Configuration } from '../../src/config/configuration.js';
import type { LoadedConfiguration } from '../../src/config/load.js';
import { HOUR, type Instant, MINUTE, SimulatedClock } from '../../src/model/clock.js';
import { ReloadableService } from '../../src/service/reloadable-service.js';
import {
  type RunningService,
  type ServiceRole,
  type ServiceSurroundings,
  startService,
} from '../../src/service/service.js';
import type { OpenStore } from '../../src/store/open-store.js';
import { Store } from '../../src/store/store.js';
import { at, configuration } from '../flow/timeline.js';
import { SlackStandIn } from '../slack/stand-in.js';
import { testDatabase } from '../support/store.js';
import { StoreProxy } from './store-proxy.js';

/** So long a service may take to end when a test does, ms. */
const END_PATIENCE = 5_000;

export type SlackSettings = NonNullable<Configuration['service']['slack']>;

/** The service with its real parts on the real engine, on a clock that tests move, with Slack's stand-in. */
export class LiveService {
  readonly clock = new SimulatedClock(at('10:00'));
  /** What the console was told. */
  readonly printed: string[] = [];
  /** The lines of the log, as they were written. */
  readonly logged: string[] = [];
  readonly #cleanups: (() => Promise<unknown>)[] = [];
  #service: RunningService | null = null;
  /** Where whichever service runs listens. */
  #address: string | null = null;
  #events = 0;

  private constructor(
    readonly slack: SlackStandIn,
    readonly proxy: StoreProxy,
    /** Goes past the proxy: what a test looks with. */
    readonly store: Store,
    readonly database: string,
    readonly settings: Configuration,
  ) {}

  static async start(overrides: Partial<Configuration['service']> = {}): Promise<LiveService> {
    const { store, address } = await testDatabase();
    const proxy = await StoreProxy.start(address.url);
    const clock: { now?: () => number } = {};
    const slack = await SlackStandIn.start({ now: () => clock.now?.() ?? 0 });
    slack.addChannel({ id: 'C0DISPUTES', name: 'disputes', users: ['U0ANN', 'U0BOB'] });
    const base = configuration();
    const settings = configuration({
      service: {
        ...base.service,
        slack: {
          token: slack.token,
          signingSecrets: [slack.signingSecret],
          apiUrl: slack.apiUrl,
          appToken: '',
          mayAct: ['anyone'],
          charts: 'upload',
        },
        ...overrides,
      },
      policies: [
        { id: 'standard', steps: [{ delay: 0, targets: ['slack:#disputes'] }], ackTimeout: 4 * HOUR },
      ],
    });
    const live = new LiveService(slack, proxy, store, address.database, settings);
    clock.now = () => live.clock.now();
    await live.begin();
    return live;
  }

  /** Starts the service; a second time after {@link end}. What is said of Slack stands in for the settings of the same name. */
  async begin(slack: Partial<SlackSettings> = {}): Promise<void> {
    const { service } = this.settings;
    const given = service.slack === null ? null : { ...service.slack, ...slack };
    this.#service = await this.#instance('all', { ...this.settings, service: { ...service, slack: given } });
    this.#address = this.#service.address;
  }

  /** Starts another instance beside it, which only takes events in, until everything ends. */
  async beside(): Promise<void> {
    const instance = await this.#instance('ingest');
    this.#cleanups.unshift(() => instance.stop());
  }

  /** Goes on as a service that can take another configuration, until everything ends. */
  async continueReloadable(load: () => Promise<LoadedConfiguration>): Promise<ReloadableService> {
    await this.end();
    const service = new ReloadableService(this.settings, this.#openStore(), this.#surroundings('all'), load);
    this.#cleanups.unshift(() => service.stop(END_PATIENCE));
    this.#address = await service.start();
    return service;
  }

  async #instance(role: ServiceRole, settings = this.settings): Promise<RunningService> {
    return startService(settings, this.#openStore(), this.#surroundings(role));
  }

  #openStore(): OpenStore {
    const address = { url: this.proxy.url, username: 'default', password: '', database: this.database };
    const store = new Store(address);
    this.#cleanups.push(() => store.close());
    return {
      store,
      address,
      embedded: false,
      applied: [],
      died: new Promise<string>(() => {}),
      close: () => store.close(),
    };
  }

  #surroundings(role: ServiceRole): ServiceSurroundings {
    return {
      role,
      clock: this.clock,
      log: pino({ level: 'debug' }, { write: (line: string) => this.logged.push(line) }),
      print: (text) => this.printed.push(text),
    };
  }

  /** Ends the service, in the time given, ms; answers what it could not finish. */
  async end(patience?: number): Promise<string[]> {
    const late = await this.#service?.stop(patience);
    this.#service = null;
    this.#address = null;
    return late ?? [];
  }

  /** Ends everything that was started. */
  async close(): Promise<void> {
    this.proxy.away = false;
    await this.end();
    for (const cleanup of this.#cleanups) await cleanup();
    await this.proxy.stop();
    await this.slack.stop();
    await this.store.close();
  }

  get address(): string {
    if (this.#address === null) throw new Error('the service does not run');
    return this.#address;
  }

  async tick(): Promise<void> {
    await this.#service?.tick();
  }

  /** Moves the clock and lets the service look. */
  async until(instant: Instant): Promise<void> {
    this.clock.advanceTo(instant);
    await this.tick();
  }

  /** NDJSON of the same traffic in each hour from `from` to before `to`. */
  traffic(from: Instant, to: Instant, orders: number, disputes: number): string {
    const lines: string[] = [];
    for (let hour = from; hour < to; hour += HOUR) {
      for (let index = 0; index < orders + disputes; index++)
        lines.push(
          JSON.stringify({
            event_id: `e${this.#events++}`,
            type: index < orders ? 'order.delivered' : 'dispute.opened',
            occurred_at: new Date(hour + (index % 60) * MINUTE).toISOString(),
          }),
        );
    }
    return lines.join('\n');
  }

  send(body: string): Promise<Response> {
    return fetch(`${this.address}/v1/events`, { method: 'POST', body });
  }

  get(path: string): Promise<Response> {
    return fetch(`${this.address}${path}`);
  }

  /** The answer's body under a name, such as the alerts. */
  async list(path: '/v1/alerts' | '/v1/follow-ups', name: string): Promise<unknown> {
    return ((await (await this.get(path)).json()) as Record<string, unknown>)[name];
  }

  /** A day as usual until 10:00, then an hour with twice the disputes; it is 11:05 and nothing is judged of it yet. */
  async incident(): Promise<void> {
    await this.send(this.traffic(at('00:00', -1), at('10:00'), 300, 30));
    await this.tick();
    this.clock.advanceTo(at('11:05'));
    await this.send(this.traffic(at('10:00'), at('11:00'), 300, 60));
    await this.tick();
  }

  /** An order at 11:11 says that the hour before is complete; then the service looks. */
  async closeTheHour(): Promise<void> {
    this.clock.advanceTo(at('11:12'));
    await this.send(
      JSON.stringify({ event_id: 'closing', type: 'order.delivered', occurred_at: at('11:11') }),
    );
    await this.tick();
  }

  /** The messages in the channel that are not in a thread. */
  roots() {
    return this.slack.channel('disputes').messages.filter((message) => message.thread_ts === undefined);
  }

  replies() {
    return this.slack.channel('disputes').messages.filter((message) => message.thread_ts !== undefined);
  }

  async count(table: 'events' | 'rejected_events' | 'points' | 'alerts'): Promise<number> {
    for await (const [row] of this.store.rows<{ n: number }>(`SELECT count() AS n FROM ${table}`))
      return row?.n ?? 0;
    return 0;
  }
}
