import type { Logger } from 'pino';
import type { Configuration } from '../config/configuration.js';
import type { ServicePorts } from '../http/ports.js';
import { ServiceMetrics } from '../http/prometheus.js';
import { createServer, type HttpServer } from '../http/server.js';
import { slackInbox } from '../http/slack.js';
import type { DecodedBatch } from '../ingest/contract.js';
import { GatheredWrites } from '../ingest/gathered-writes.js';
import { HttpIngest } from '../ingest/http-ingest.js';
import { KafkaSource } from '../ingest/kafka-source.js';
import { inputLimits } from '../ingest/privacy.js';
import type { Alert } from '../model/alert.js';
import type { Clock } from '../model/clock.js';
import { RedressError } from '../model/errors.js';
import { EventLog } from '../store/event-log.js';
import type { OpenStore } from '../store/open-store.js';
import { DecidingSide } from './deciding-side.js';
import { Heartbeat } from './heartbeat.js';
import { servicePorts } from './ports.js';
import { readiness } from './readiness.js';
import { every } from './scheduler.js';
import { SlackSide } from './slack-side.js';
import { Sources } from './sources.js';
import { endWithin } from './stopping.js';
import { logInsert } from './trail.js';

export interface RunningService {
  /** Where HTTP listens. */
  address: string;
  /** The alerts as they are decided now; none while they are being read. */
  alerts(): readonly Alert[];
  /** Does now what the next tick would do; tests use it instead of waiting. */
  tick(): Promise<void>;
  /**
   * Takes nothing more in, finishes what is at work and saves what the judges know. Answers what was not finished in
   * the time that it was given, ms; without one it takes its time. What is left behind is as after a `kill -9`: it
   * is in the journal, and taken up again at the next start.
   */
  stop(patience?: number): Promise<string[]>;
}

/** `all` takes events in and decides; `ingest` only takes them in, beside the one process that decides. */
export type ServiceRole = 'all' | 'ingest';

export interface ServiceSurroundings {
  /** `all` by default. */
  role?: ServiceRole;
  clock: Clock;
  log: Logger;
  /** Takes the console's messages. */
  print(text: string): void;
  /** Takes the configuration again; absent where it cannot be. */
  reload?: ServicePorts['reload'];
}

/** Seconds first: the stages look for work this often. */
const TICK = '*/5 * * * * *';
/** What waits for its channel's pace goes out this often. */
const DELIVER = '* * * * * *';
/** Past this a request is refused whole, bytes. */
const MAX_BODY_BYTES = 16 << 20;

/** The live service over an open store: sources, the pipeline on the wall clock, HTTP. */
export async function startService(
  configuration: Configuration,
  open: OpenStore,
  surroundings: ServiceSurroundings,
): Promise<RunningService> {
  const service = new Service(configuration, open, surroundings);
  return service.start();
}

class Service {
  readonly #configuration: Configuration;
  readonly #open: OpenStore;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #reload: ServicePorts['reload'];
  readonly #metrics: ServiceMetrics;
  /** Null when nobody listens for it. */
  readonly #heartbeat: Heartbeat | null;
  readonly #slack: SlackSide;
  readonly #writes: GatheredWrites;
  readonly #sources: Sources;
  readonly #kafka: KafkaSource | null;
  /** Null in a process that only takes events in. */
  readonly #deciding: DecidingSide | null;

  constructor(
    configuration: Configuration,
    open: OpenStore,
    { role = 'all', clock, log, print, reload = cannotReload }: ServiceSurroundings,
  ) {
    const { heartbeat, ingest, kafka } = configuration.service;
    const { store } = open;
    this.#configuration = configuration;
    this.#open = open;
    this.#clock = clock;
    this.#log = log;
    this.#reload = reload;
    this.#metrics = new ServiceMetrics(clock);
    this.#heartbeat = heartbeat === null ? null : new Heartbeat(heartbeat, clock);
    this.#slack = new SlackSide({ configuration, clock, log, known: () => this.#decides().known() });
    this.#writes = new GatheredWrites(new EventLog(store), (id, batches) => logInsert(log, id, batches));
    this.#kafka = kafka === null ? null : this.#kafkaSource(kafka);
    this.#sources = new Sources(store, ingest, this.#kafka);
    this.#deciding =
      role === 'ingest'
        ? null
        : new DecidingSide({
            configuration,
            store,
            sources: this.#sources,
            slack: this.#slack,
            metrics: this.#metrics,
            clock,
            log,
            print,
            afterLook: () => this.#beat(),
          });
  }

  async start(): Promise<RunningService> {
    const deciding = this.#deciding;
    await Promise.all([this.#sources.refresh(), deciding?.start()]);
    const server = this.#server();
    const { address } = await server.listen();
    this.#log.info(
      { address, clickhouse: this.#open.address.url, embedded: this.#open.embedded },
      'listening',
    );
    const reading = this.#kafka?.start().catch((error: unknown) => {
      this.#log.error({ err: error }, 'the Kafka source has ended');
    });
    const nothing = async () => {};
    const stopTicking = deciding === null ? nothing : every(TICK, () => deciding.look());
    const stopDelivering = deciding === null ? nothing : every(DELIVER, () => deciding.deliver());
    return {
      address,
      alerts: () => deciding?.alerts() ?? [],
      tick: async () => deciding?.tick(),
      stop: async (patience) => {
        const late = [
          ...(await endWithin(patience === undefined ? null : patience / 2, [
            ["Slack's socket", () => this.#slack.hangUp()],
            ['requests', () => server.close(patience === undefined ? undefined : patience / 4)],
            ['Kafka', async () => this.#kafka?.stop().then(() => reading)],
          ])),
          ...(await endWithin(patience === undefined ? null : patience / 2, [
            ['the look for work', stopTicking],
            ['the sending of messages', stopDelivering],
            ["Slack's pictures", () => this.#slack.settled()],
            ['what is to be decided and saved', async () => deciding?.settle()],
            ['the log', async () => deciding?.logged()],
          ])),
        ];
        if (late.length > 0)
          this.#log.warn({ late }, 'stopped before everything was done; the next start takes it up');
        return late;
      },
    };
  }

  #kafkaSource(settings: NonNullable<Configuration['service']['kafka']>): KafkaSource {
    return new KafkaSource(
      {
        sink: this.#sink(),
        clock: this.#clock,
        logger: this.#log,
        limits: inputLimits(this.#configuration.service),
        onLoss: (loss) => this.#metrics.messagesLost(loss),
      },
      settings,
    );
  }

  /** Writes batches, those of many callers together, and counts them once they are durable. */
  #sink() {
    return {
      write: async (batch: DecodedBatch) => {
        await this.#writes.write(batch);
        this.#metrics.batchWritten(batch);
        // Behind this, because the source notes how far it has come when it hears that the batch is durable.
        setImmediate(() => this.#deciding?.lookAtClosed());
      },
    };
  }

  #server(): HttpServer {
    const { http, slack } = this.#configuration.service;
    const ports = servicePorts({
      ingest: new HttpIngest({
        sink: this.#sink(),
        progress: this.#sources.http,
        limits: inputLimits(this.#configuration.service),
      }),
      slack: this.#slack.ports,
      reload: this.#reload,
      store: this.#open.store,
      configuration: this.#configuration,
      clock: this.#clock,
      known: () => this.#decides().known(),
      story: async (id) => this.#decides().story(id),
      command: async (run) => this.#decides().command(run),
      annotate: async (decide) => this.#decides().annotate(decide),
      readiness: () => this.#readiness(),
      prometheus: () => {
        for (const source of this.#sources.all()) this.#metrics.sourceSeen(source);
        this.#metrics.partitionsSeen(this.#kafka?.partitionLags() ?? []);
        return this.#metrics.text();
      },
    });
    const inbox = slackInbox(ports, this.#clock, this.#log);
    if (this.#deciding !== null) this.#slack.listen(inbox);
    return createServer({
      ports,
      tokens: http.tokens,
      host: http.host,
      port: http.port,
      signingSecrets: slack?.signingSecrets ?? [],
      inbox,
      clock: this.#clock,
      log: this.#log,
      maxBodyBytes: MAX_BODY_BYTES,
      requestsPerMinute: http.requestsPerMinute,
      trustedProxies: http.trustedProxies,
    });
  }

  /** Two processes that decide would send everything twice, so that the others send nobody anywhere. */
  #decides(): DecidingSide {
    if (this.#deciding !== null) return this.#deciding;
    throw new RedressError(
      'conflict',
      'this process only takes events in (--role ingest); ask the one that decides',
    );
  }

  #readiness() {
    // Who only takes events in decides nothing, and is ready without.
    const parts = { store: this.#open.store, deciding: this.#deciding, kafka: this.#kafka };
    return readiness(parts, this.#clock.now());
  }

  /** Only after a look for work that went well: one that fails is no life to give a sign of. */
  async #beat(): Promise<void> {
    const outcome = (await this.#heartbeat?.beat(() => this.#readiness())) ?? 'not_due';
    if (outcome === 'not_due') return;
    this.#metrics.heartbeat(outcome);
    if (outcome === 'failed')
      this.#log.warn({ reason: this.#heartbeat?.failure }, 'a heartbeat did not arrive');
  }
}

async function cannotReload(): Promise<never> {
  throw new RedressError('usage', 'this service was started with a configuration that is not in files');
}
