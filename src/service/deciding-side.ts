import type { Logger } from 'pino';
import { assemble } from '../app.js';
import type { Configuration } from '../config/configuration.js';
import type { ServiceMetrics } from '../http/prometheus.js';
import type { Alert } from '../model/alert.js';
import type { AnnotationAnswer } from '../model/annotation.js';
import { type Clock, MINUTE } from '../model/clock.js';
import { type ErrorCode, messageOf, RedressError } from '../model/errors.js';
import type { JournalEntry } from '../model/journal.js';
import { createNotifiers, createRouter } from '../notify/index.js';
import type { Underway } from '../notify/outbox.js';
import { judgedWithout } from '../pipeline/announced-late.js';
import { markLive } from '../pipeline/replay.js';
import type { Redress } from '../redress.js';
import { AlertBatches } from '../store/alert-batches.js';
import { AnnotationTable } from '../store/annotation-table.js';
import type { Store } from '../store/store.js';
import { Decided } from './decided.js';
import { Look } from './look.js';
import { observers } from './observers.js';
import type { Command, DecideAnnotation } from './ports.js';
import type { LookRecord } from './readiness.js';
import type { SlackSide } from './slack-side.js';
import type { Sources } from './sources.js';
import { Trail } from './trail.js';

export interface DecidingSideParts {
  configuration: Configuration;
  store: Store;
  sources: Sources;
  slack: SlackSide;
  metrics: ServiceMetrics;
  clock: Clock;
  log: Logger;
  /** Takes the console's messages. */
  print(text: string): void;
  /** Told after every look for work that went well; no decision waits for it. */
  afterLook(): Promise<void>;
}

/** So long a turn waits for slow targets, ms; they go on behind it. */
const PATIENCE = 2_000;
/** A first message waits for its analysis no longer, ms: half of what there is from a bucket's close to the message. */
const ANALYSIS_PATIENCE = 500;
/** What is due is decided at its own moment, unless that was longer ago: then the process was away. */
const SHORT_WHILE = MINUTE;

/**
 * The side of the service that decides: looks for work, carries out what people command, and sends what is due. Whatever
 * only shows what was decided goes on beside the next decision.
 */
export class DecidingSide {
  readonly #parts: DecidingSideParts;
  readonly #decided: Decided;
  readonly #look: Look;
  readonly #trail: Trail;
  readonly #underway: Underway = new Map();
  #looks: LookRecord;
  /** True from the moment that a look is wanted because of what has arrived, until it has been taken. */
  #isLooking = false;
  /** What the last look has left to be shown; it never fails. */
  #behind: Promise<void> = Promise.resolve();

  constructor(parts: DecidingSideParts) {
    const { configuration, store, sources, metrics, log } = parts;
    this.#parts = parts;
    this.#looks = { wentWellAt: parts.clock.now(), failure: '' };
    this.#decided = new Decided(() => this.#assemble());
    this.#look = new Look({ sources, metrics, store });
    this.#trail = new Trail({ batches: new AlertBatches(store), metrics: configuration.metrics, log });
  }

  /** Reads what is decided. */
  async start(): Promise<void> {
    await markLive(this.#parts.store);
    await this.#decided.inTurn(async () => {});
  }

  get isReady(): boolean {
    return this.#decided.known !== null;
  }

  get looks(): LookRecord {
    return this.#looks;
  }

  /** While nothing is known, nobody must be told that there is nothing. */
  known(): Redress {
    if (this.#decided.known !== null) return this.#decided.known;
    const message = 'the state is being read again from the store';
    throw new RedressError('store_unavailable', message, { retryable: true });
  }

  /** The alerts as they are decided now; none while they are being read. */
  alerts(): readonly Alert[] {
    return this.#decided.known?.alerts.alerts() ?? [];
  }

  /** What happened to an alert, a silence or a follow-up, once all that was decided is written. */
  async story(id: string): Promise<JournalEntry[]> {
    const journal = await this.#decided.inTurn(async (redress) => redress.journal);
    return journal.story(id);
  }

  /** Carries out a person's command; resolves once it is durable and its messages have been tried. */
  async command<Result>(run: Command<Result>): Promise<Result> {
    const { clock, slack } = this.#parts;
    const { result, shown } = await this.#decided.inTurn(async (redress) => {
      const now = clock.now();
      const carried = await run(redress, now);
      if (carried.judgesChanged === true) await redress.saveJudges();
      await redress.append(carried.entries);
      await redress.outbox.send(now);
      return { result: carried.result, shown: slack.refresh(() => this.#decided.known, now) };
    });
    await shown;
    return result;
  }

  /**
   * What is announced takes effect as an edited calendar does: everything decided is put together anew, with it. That
   * is a second's work, which nobody asks for often, and there is no other way in which annotations take effect. Of what
   * is announced after the fact, the buckets that were judged without it are judged again.
   */
  annotate(decide: DecideAnnotation): Promise<AnnotationAnswer> {
    const { clock, store, configuration } = this.#parts;
    return this.#decided.inTurn(async (redress) => {
      const state = { ...redress.annotations, metrics: redress.configuration.metrics };
      const { answer, keep } = decide(state, clock.now());
      if (keep === null) return answer;
      await new AnnotationTable(store).keep(keep);
      await redress.outbox.settle(clock.now());
      await redress.saveJudges();
      const anew = await this.#decided.readAgain();
      if (keep.endedBy === '')
        await anew.judgeAgain(
          await judgedWithout(keep, {
            metrics: anew.configuration.metrics,
            points: anew.points,
            progress: anew.progress,
            horizon: configuration.service.ingest.restateHorizon,
          }),
        );
      return answer;
    });
  }

  /** Sends what may be sent by now, and records what slow targets have answered since. */
  async deliver(): Promise<void> {
    const { clock, log } = this.#parts;
    if (this.#decided.known?.outbox.hasWork(clock.now()) !== true) return;
    await this.#decided
      .whenKnown(({ outbox }) => outbox.send(clock.now()))
      .catch((error: unknown) => {
        log.warn({ reason: messageOf(error) }, 'messages could not be recorded; they are looked for again');
      });
  }

  /** A bucket that has just been completed is looked at right away: the next tick may be five seconds off. */
  lookAtClosed(): void {
    const now = this.#parts.clock.now();
    const closed = this.#isLooking ? null : (this.#decided.known?.pipeline.nextClosing(now) ?? null);
    // What closed longer ago is caught up with, for which a tick is soon enough.
    if (closed === null || now - closed > SHORT_WHILE) return;
    this.#isLooking = true;
    void this.look().finally(() => {
      this.#isLooking = false;
    });
  }

  /** Looks for work, and does it. What only shows what was decided goes on behind it, and keeps no other look waiting. */
  async look(): Promise<void> {
    const { clock, metrics, slack, afterLook } = this.#parts;
    const begun = performance.now();
    await this.#reporting(
      this.#decided.inTurn(async (redress) => {
        const now = clock.now();
        await this.#look.decide(redress, now);
        const shown = slack.refresh(() => this.#decided.known, now);
        await this.#look.tidy(redress, now);
        metrics.ticked(performance.now() - begun);
        this.#looks = { wentWellAt: now, failure: '' };
        this.#behind = this.#reporting(Promise.all([shown, afterLook()]));
      }),
      (failure) => {
        this.#looks = { ...this.#looks, failure };
      },
    );
  }

  /** Looks for work, and waits for all that comes of it. */
  async tick(): Promise<void> {
    await this.look();
    await this.#behind;
  }

  async #reporting(work: Promise<unknown>, onFailure: (code: ErrorCode) => void = () => {}): Promise<void> {
    const { log } = this.#parts;
    await work.catch((error: unknown) => {
      const passing = error instanceof RedressError && error.retryable;
      onFailure(error instanceof RedressError ? error.code : 'bug');
      if (passing) log.warn({ reason: messageOf(error) }, 'could not go on; the next tick tries again');
      else log.error({ err: error }, 'could not go on; the next tick tries again');
    });
  }

  /** Records what was sent, and saves what the judges know. */
  async settle(): Promise<void> {
    const { clock, log } = this.#parts;
    await this.#decided
      .whenKnown(async (redress) => {
        await redress.outbox.settle(clock.now());
        await redress.saveJudges();
      })
      .catch((error: unknown) => {
        // They learn again from the stored points; it only makes the next start slower.
        log.warn({ reason: messageOf(error) }, 'what the judges know could not be saved');
      });
  }

  /** Resolves when everything that happened has been logged. */
  async logged(): Promise<void> {
    await this.#trail.settled();
  }

  #assemble(): Promise<Redress> {
    const { configuration, store, sources, slack, metrics, clock, log, print } = this.#parts;
    const { webhooks, webhookSecret, trackers, dashboardsUrl } = configuration.service;
    const notifiers = createNotifiers({
      print,
      slack: slack.notifier,
      webhooks: { addresses: webhooks, secret: webhookSecret, clock },
      trackers,
      owners: configuration.owners,
      dashboardsUrl,
    });
    return assemble(configuration, store, {
      sending: { underway: this.#underway, patience: PATIENCE },
      router: createRouter(notifiers),
      completeUntil: (now, metric) => sources.completeUntil(metric, now),
      notBefore: () => clock.now() - SHORT_WHILE,
      write: 'at_once',
      analysisPatience: ANALYSIS_PATIENCE,
      ...observers({ metrics, clock, log, trail: this.#trail }),
    });
  }
}
