import type { Logger } from 'pino';
import { AUDIT_KINDS } from '../alerts/audit.js';
import { assemble, type OpenStore } from '../app.js';
import type { Configuration } from '../config/configuration.js';
import type { ReadinessCheck, ServicePorts } from '../http/ports.js';
import { ServiceMetrics } from '../http/prometheus.js';
import { createServer, type HttpServer } from '../http/server.js';
import { slackInbox } from '../http/slack.js';
import type { DecodedBatch } from '../ingest/contract.js';
import { GatheredWrites } from '../ingest/gathered-writes.js';
import { HttpIngest } from '../ingest/http-ingest.js';
import { KafkaSource } from '../ingest/kafka-source.js';
import { inputLimits } from '../ingest/privacy.js';
import { LateEvents } from '../metrics/late-events.js';
import type { Alert } from '../model/alert.js';
import type { AnnotationAnswer } from '../model/annotation.js';
import { type Clock, type Instant, MINUTE } from '../model/clock.js';
import { messageOf, RedressError } from '../model/errors.js';
import type { JournalEntry } from '../model/journal.js';
import { createNotifiers, createRouter } from '../notify/index.js';
import type { Underway } from '../notify/outbox.js';
import type { Carried } from '../pipeline/commands.js';
import { markLive } from '../pipeline/replay.js';
import type { Redress } from '../redress.js';
import { AlertBatches } from '../store/alert-batches.js';
import { AnnotationTable } from '../store/annotation-table.js';
import { CheckpointTable } from '../store/checkpoint-table.js';
import { EventLog } from '../store/event-log.js';
import { DeliveryAudit } from './delivery-audit.js';
import { Heartbeat } from './heartbeat.js';
import { observers } from './observers.js';
import { type DecideAnnotation, servicePorts } from './ports.js';
import { readiness } from './readiness.js';
import { every } from './scheduler.js';
import { SlackSide } from './slack-side.js';
import { Sources } from './sources.js';
import { endWithin } from './stopping.js';
import { logInsert, Trail } from './trail.js';

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
/** So long a turn waits for slow targets, ms; they go on behind it. */
const PATIENCE = 2_000;
const REFRESH_INTERVAL = MINUTE;
const SAVE_INTERVAL = 10 * MINUTE;
/** A first message waits for its analysis no longer, ms: with the sending it must stay below two seconds. */
const ANALYSIS_PATIENCE = 1_500;
const LOOKED_UNTIL = 'late_events';
/** What is due is decided at its own moment, unless that was longer ago: then the process was away. */
const SHORT_WHILE = MINUTE;
/** Past this a request is refused whole, bytes. */
const MAX_BODY_BYTES = 16 << 20;

/**
 * The live service over an open store: sources, the pipeline on the wall clock, HTTP.
 *
 * What is decided is in memory and in the journal. When the journal cannot be written, memory is ahead of it:
 * then everything decided is thrown away and read again from the store before the next decision, so that a
 * store that fails can delay an alert but never change one.
 */
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
  readonly #print: (text: string) => void;
  readonly #reload: ServicePorts['reload'];
  readonly #role: ServiceRole;
  readonly #metrics: ServiceMetrics;
  /** Null when nobody listens for it. */
  readonly #heartbeat: Heartbeat | null;
  readonly #events: EventLog;
  readonly #slack: SlackSide;
  readonly #writes: GatheredWrites;
  readonly #trail: Trail;
  #redress: Redress | null = null;
  readonly #underway: Underway = new Map();
  readonly #audit = new DeliveryAudit((found) => this.#metrics.audited(AUDIT_KINDS, found));
  #late: LateEvents | null = null;
  readonly #sources: Sources;
  #kafka: KafkaSource | null = null;
  /** True from the moment that a look is wanted because of what has arrived, until it has been taken. */
  #isLooking = false;
  #lastRefresh: Instant = 0;
  #lastSave: Instant = 0;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(
    configuration: Configuration,
    open: OpenStore,
    { role = 'all', clock, log, print, reload = cannotReload }: ServiceSurroundings,
  ) {
    this.#role = role;
    this.#configuration = configuration;
    this.#open = open;
    this.#clock = clock;
    this.#metrics = new ServiceMetrics(clock);
    const { heartbeat } = configuration.service;
    this.#heartbeat = heartbeat === null ? null : new Heartbeat(heartbeat, clock);
    this.#log = log;
    this.#print = print;
    this.#reload = reload;
    this.#events = new EventLog(open.store);
    this.#slack = new SlackSide({ configuration, clock, log, known: () => this.#known() });
    this.#writes = new GatheredWrites(this.#events, (id, batches) => logInsert(log, id, batches));
    this.#trail = new Trail({ batches: new AlertBatches(open.store), metrics: configuration.metrics, log });
    this.#sources = new Sources(open.store, configuration.service.ingest);
  }

  async start(): Promise<RunningService> {
    const decides = this.#role === 'all';
    if (decides) await markLive(this.#open.store);
    await this.#openSources();
    if (decides) await this.#inTurn(() => this.#decided());
    const server = this.#server();
    const { address } = await server.listen();
    this.#log.info(
      { address, clickhouse: this.#open.address.url, embedded: this.#open.embedded },
      'listening',
    );
    const reading = this.#kafka?.start().catch((error: unknown) => {
      this.#log.error({ err: error }, 'the Kafka source has ended');
    });
    const tick = () => this.#tick();
    const stopTicking = decides ? every(TICK, tick) : async () => undefined;
    const stopDelivering = decides ? every(DELIVER, () => this.#deliver()) : async () => undefined;
    return {
      address,
      alerts: () => this.#redress?.alerts.alerts() ?? [],
      tick,
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
            ['what is to be decided and saved', () => this.#settle()],
            ['the log', () => this.#trail.settled()],
          ])),
        ];
        if (late.length > 0)
          this.#log.warn({ late }, 'stopped before everything was done; the next start takes it up');
        return late;
      },
    };
  }

  /** Records what was sent, and saves what the judges know. */
  async #settle(): Promise<void> {
    await this.#inTurn(async () => {
      await this.#redress?.outbox.settle(this.#clock.now());
      await this.#redress?.saveJudges();
    }).catch((error: unknown) => {
      // They learn again from the stored points; it only makes the next start slower.
      this.#log.warn({ reason: messageOf(error) }, 'what the judges know could not be saved');
    });
  }

  async #openSources(): Promise<void> {
    const { kafka } = this.#configuration.service;
    if (kafka !== null) {
      this.#kafka = new KafkaSource(
        {
          sink: this.#sink(),
          clock: this.#clock,
          logger: this.#log,
          limits: inputLimits(this.#configuration.service),
        },
        kafka,
      );
      this.#sources.add(this.#kafka);
    }
    await this.#sources.refresh();
  }

  /** Writes batches, those of many callers together, and counts them once they are durable. */
  #sink() {
    return {
      write: async (batch: DecodedBatch) => {
        await this.#writes.write(batch);
        this.#metrics.batchWritten(batch);
        // Behind this, because the source notes how far it has come when it hears that the batch is durable.
        setImmediate(() => this.#lookAtClosed());
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
      known: () => this.#known(),
      story: async (id) => (await this.#inTurn(() => this.#decided())).journal.story(id),
      command: (run) => this.#command(run),
      annotate: (decide) => this.#annotate(decide),
      readiness: () => this.#readiness(),
      prometheus: () => {
        for (const source of this.#sources.all()) this.#metrics.sourceSeen(source);
        this.#metrics.partitionsSeen(this.#kafka?.partitionLags() ?? []);
        return this.#metrics.text();
      },
    });
    const inbox = slackInbox(ports, this.#clock, this.#log);
    if (this.#role === 'all') this.#slack.listen(inbox);
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

  /** While nothing is known, nobody must be told that there is nothing. */
  #known(): Redress {
    if (this.#redress !== null) return this.#redress;
    if (this.#role === 'ingest') throw onlyIngests();
    const message = 'the state is being read again from the store';
    throw new RedressError('store_unavailable', message, { retryable: true });
  }

  #readiness(): Promise<ReadinessCheck[]> {
    return readiness({
      store: this.#open.store,
      // Who only takes events in decides nothing, and is ready without.
      decides: this.#role === 'all' ? this.#redress !== null : null,
      kafka: this.#kafka,
    });
  }

  /** Carries out a person's command; resolves once it is durable and its messages have been tried. */
  #command<Result>(
    run: (redress: Redress, now: Instant) => Carried<Result> | Promise<Carried<Result>>,
  ): Promise<Result> {
    return this.#inTurn(async () => {
      const redress = await this.#decided();
      const now = this.#clock.now();
      const { result, entries, judgesChanged = false } = await run(redress, now);
      if (judgesChanged) await redress.saveJudges();
      await redress.append(entries);
      await redress.outbox.send(now);
      await this.#slack.refresh(redress, now);
      return result;
    });
  }

  /**
   * What is announced takes effect as an edited calendar does: everything decided is put together anew, with it. That
   * is a second's work, which nobody asks for often, and there is no other way in which annotations take effect.
   */
  #annotate(decide: DecideAnnotation): Promise<AnnotationAnswer> {
    return this.#inTurn(async () => {
      const redress = await this.#decided();
      const state = { ...redress.annotations, metrics: redress.configuration.metrics };
      const { answer, keep } = decide(state, this.#clock.now());
      if (keep === null) return answer;
      await new AnnotationTable(this.#open.store).keep(keep);
      await redress.outbox.settle(this.#clock.now());
      await redress.saveJudges();
      this.#redress = null;
      this.#late = null;
      await this.#decided();
      return answer;
    });
  }

  /** Sends what may be sent by now, and records what slow targets have answered since. */
  async #deliver(): Promise<void> {
    const waits = () => this.#redress?.outbox.hasWork(this.#clock.now()) ?? false;
    if (!waits()) return;
    await this.#inTurn(async () => this.#redress?.outbox.send(this.#clock.now())).catch((error: unknown) => {
      this.#log.warn(
        { reason: messageOf(error) },
        'messages could not be recorded; they are looked for again',
      );
    });
  }

  /** A bucket that has just been completed is looked at right away: the next tick may be five seconds off. */
  #lookAtClosed(): void {
    const now = this.#clock.now();
    const closed = this.#isLooking ? null : (this.#redress?.pipeline.nextClosing(now) ?? null);
    // What closed longer ago is caught up with, for which a tick is soon enough.
    if (closed === null || now - closed > SHORT_WHILE) return;
    this.#isLooking = true;
    void this.#tick().finally(() => {
      this.#isLooking = false;
    });
  }

  #tick(): Promise<void> {
    const begun = performance.now();
    return this.#inTurn(async () => {
      const now = this.#clock.now();
      const redress = await this.#decided();
      await this.#sources.refresh();
      if (redress.pipeline.nextClosing(now) !== null) await this.#sources.refresh('lag');
      await this.#refresh(redress, now);
      await redress.append(this.#health(redress, now));
      await redress.pipeline.advance(now);
      await this.#slack.refresh(redress, now);
      const held = this.#sources.heldByStale(this.#configuration.metrics, now);
      this.#metrics.judged(await redress.staleBuckets.mark(held, redress.progress, now));
      await this.#audit.look(redress, now);
      if (now - this.#lastSave >= SAVE_INTERVAL) {
        await redress.saveJudges();
        this.#lastSave = now;
      }
      this.#metrics.ticked(performance.now() - begun);
      await this.#beat();
    }).catch((error: unknown) => {
      const passing = error instanceof RedressError && error.retryable;
      if (passing) this.#log.warn({ reason: messageOf(error) }, 'could not go on; the next tick tries again');
      else this.#log.error({ err: error }, 'could not go on; the next tick tries again');
    });
  }

  /** Only after a look for work that went well: one that fails is no life to give a sign of. */
  async #beat(): Promise<void> {
    const outcome = (await this.#heartbeat?.beat(() => this.#readiness())) ?? 'not_due';
    if (outcome === 'not_due') return;
    this.#metrics.heartbeat(outcome);
    if (outcome === 'failed')
      this.#log.warn({ reason: this.#heartbeat?.failure }, 'a heartbeat did not arrive');
  }

  /** Takes in late events and corrections: now and then, and always before a bucket is closed. */
  async #refresh(redress: Redress, now: Instant): Promise<void> {
    if (now - this.#lastRefresh < REFRESH_INTERVAL && redress.pipeline.nextClosing(now) === null) return;
    const checkpoints = new CheckpointTable(this.#open.store);
    this.#late ??= new LateEvents({
      events: this.#events,
      points: redress.maker,
      metrics: this.#configuration.metrics,
      lookedUntil: Number((await checkpoints.read()).get(LOOKED_UNTIL) ?? 0),
    });
    await redress.judgeAgain(await this.#late.refresh(redress.progress));
    await checkpoints.write(new Map([[LOOKED_UNTIL, String(this.#late.lookedUntil)]]));
    this.#lastRefresh = now;
  }

  #health(redress: Redress, now: Instant): JournalEntry[] {
    return this.#sources
      .all()
      .filter((source) => source.lastArrivalAt !== null)
      .flatMap((source) =>
        redress.alerts.sourceHealth(
          source.source,
          this.#sources.isStale(source, now),
          source.lastArrivalAt,
          now,
        ),
      );
  }

  /** The deciding parts, read from the store if they have to be. */
  async #decided(): Promise<Redress> {
    if (this.#role === 'ingest') throw onlyIngests();
    this.#redress ??= await assemble(this.#configuration, this.#open.store, {
      sending: { underway: this.#underway, patience: PATIENCE },
      router: createRouter(
        createNotifiers({
          print: this.#print,
          slack: this.#slack.notifier,
          webhooks: {
            addresses: this.#configuration.service.webhooks,
            secret: this.#configuration.service.webhookSecret,
            clock: this.#clock,
          },
          trackers: this.#configuration.service.trackers,
          owners: this.#configuration.owners,
          dashboardsUrl: this.#configuration.service.dashboardsUrl,
        }),
      ),
      completeUntil: (now, metric) => this.#sources.completeUntil(metric, now),
      notBefore: () => this.#clock.now() - SHORT_WHILE,
      write: 'at_once',
      analysisPatience: ANALYSIS_PATIENCE,
      ...observers({ metrics: this.#metrics, clock: this.#clock, log: this.#log, trail: this.#trail }),
    });
    return this.#redress;
  }

  /** One thing at a time: decisions are made in order, and what fails leaves no half-made one behind. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work).catch((error: unknown) => {
      this.#redress = null;
      this.#late = null;
      throw error;
    });
    this.#queue = turn.catch(() => {});
    return turn;
  }
}

async function cannotReload(): Promise<never> {
  throw new RedressError('usage', 'this service was started with a configuration that is not in files');
}

/** Two processes that decide would send everything twice, so that the others send nobody anywhere. */
function onlyIngests(): RedressError {
  return new RedressError(
    'conflict',
    'this process only takes events in (--role ingest); ask the one that decides',
  );
}
