import type { Logger } from 'pino';
import { type Clock, SECOND } from '../model/clock.js';
import { messageOf, RedressError } from '../model/errors.js';
import type { EventSink, SourceProgress } from './contract.js';
import type { DecodeLimits } from './decode.js';
import { insist } from './insist.js';
import { decodeBatch } from './kafka-batch.js';
import type { From } from './kafka-beginnings.js';
import { type Admin, createKafka, type KafkaConnection } from './kafka-client.js';
import { kafkaFault } from './kafka-faults.js';
import type { Loss } from './kafka-losses.js';
import { KafkaMember } from './kafka-member.js';
import { missingTopics, type PartitionLag, placeOf } from './kafka-offsets.js';
import { KafkaWatch } from './kafka-watch.js';
import { HELD_BYTES, PartitionWrites } from './partition-writes.js';
import { type PlaceProgress, ProgressTracker } from './progress.js';
import { RowMemory } from './row-memory.js';

export interface KafkaSettings extends KafkaConnection {
  groupId: string;
  topics: readonly string[];
  /** Where to begin in topics that the group has never read; `earliest` by default. */
  from?: From;
  /** How long a member that says nothing keeps its partitions, ms: nobody else reads them meanwhile. */
  sessionTimeout?: number;
}

export interface KafkaSourceParts {
  sink: EventSink;
  clock: Clock;
  logger: Logger;
  limits: DecodeLimits;
  /** Told of messages that Kafka has deleted before the group read them. */
  onLoss?(loss: Loss): void;
}

export type KafkaSourceState =
  | 'connecting'
  | 'reading'
  /** A topic does not exist (yet); the others are being read. */
  | 'waiting_for_topic'
  | 'waiting_for_store'
  | 'stopped';

const SESSION = 15 * SECOND;
/** How long an answer about offsets is waited for: whoever is about to close a bucket waits for it. */
const ASK_TIMEOUT = 10 * SECOND;

/**
 * Reads topics as a member of a consumer group. An offset is committed only after its events are durable; a
 * store that is away stops the reading, keeps the membership, and loses nothing.
 */
export class KafkaSource {
  readonly #parts: KafkaSourceParts;
  readonly #settings: KafkaSettings;
  readonly #progress = new ProgressTracker('kafka');
  readonly #memory = new RowMemory(HELD_BYTES);
  readonly #writes: PartitionWrites;
  #admin: Admin | null = null;
  #member: KafkaMember | null = null;
  #watch: KafkaWatch | null = null;
  #opening: Promise<void> = Promise.resolve();
  #isReopening = false;
  #isStopped = false;
  #isJoined = false;
  #missing: readonly string[] = [];
  /** Topics that have been missing at some time. */
  readonly #awaited = new Set<string>();
  /** Why Kafka, and why the store, is being waited for; empty while it is not. */
  #kafkaFailure = '';
  #storeFailure = '';

  constructor(parts: KafkaSourceParts, settings: KafkaSettings) {
    this.#parts = parts;
    this.#settings = settings;
    // Until Kafka has been asked, what was known of the source says nothing about what waits in it.
    this.#progress.lagUnknown();
    this.#writes = new PartitionWrites({
      sink: parts.sink,
      memory: this.#memory,
      commit: async (offsets) => this.#member?.commit(offsets),
      onDurable: (batch, upTo) => {
        this.#progress.wrote(batch, placeOf(upTo));
        this.#storeFailure = '';
      },
      onRetry: (error) => this.#waitsForStore(error),
    });
  }

  /**
   * Resolves when it reads. Brokers that are away and topics that are not there yet are waited for. Throws
   * `config_invalid` for a file of the configuration that cannot be used.
   */
  async start(): Promise<void> {
    this.#opening = this.#open(
      (error) => !(error instanceof RedressError && error.code === 'config_invalid'),
    );
    await this.#opening;
  }

  /** Resolves when what is at work is durable and committed, or given back unread, and the group is left. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#opening.catch(() => undefined);
    await this.#writes.end();
    await this.#close();
  }

  state(): KafkaSourceState {
    if (this.#isStopped) return 'stopped';
    if (!this.#isJoined) return 'connecting';
    if (this.#storeFailure !== '') return 'waiting_for_store';
    return this.#missing.length > 0 ? 'waiting_for_topic' : 'reading';
  }

  /** Why it is not reading; empty while it is. */
  failure(): string {
    if (!this.#isJoined) return this.#kafkaFailure;
    return this.#storeFailure || (this.#missing.length > 0 ? noTopic(this.#missing) : '');
  }

  progress(): SourceProgress {
    return this.#progress.progress();
  }

  /** What waits unread in each partition, whichever member reads it, as it was last measured; none when nobody can say. */
  partitionLags(): readonly PartitionLag[] {
    return this.#watch?.lags() ?? [];
  }

  /** Takes up how far partitions have been read, by other members too. */
  learn(known: readonly PlaceProgress[]): void {
    this.#progress.learn(known);
  }

  /** Asks Kafka what waits unread. Never throws: when nobody can say, the source is not read to its end. */
  async measureLag(): Promise<void> {
    await this.#watch?.look();
  }

  async #open(isWorthAnotherTry: (error: unknown) => boolean): Promise<void> {
    if (this.#isStopped) return;
    try {
      await insist(() => this.#connect(), {
        again: (error) => !this.#isStopped && isWorthAnotherTry(error),
        onRetry: (error) => {
          this.#kafkaFailure = messageOf(error);
          this.#parts.logger.warn({ reason: this.#kafkaFailure }, 'waiting for Kafka');
        },
      });
    } catch (error) {
      if (this.#isStopped) return;
      this.#kafkaFailure = messageOf(error);
      throw error;
    }
  }

  async #connect(): Promise<void> {
    const { groupId, topics, from = 'earliest', sessionTimeout = SESSION } = this.#settings;
    const { limits, clock, logger } = this.#parts;
    try {
      const kafka = await createKafka(this.#settings, logger);
      const admin = (await createKafka(this.#settings, logger, ASK_TIMEOUT)).admin();
      this.#admin = admin;
      await admin.connect();
      const missing = await missingTopics(admin, topics);
      for (const topic of missing) this.#awaited.add(topic);
      if (missing.length === topics.length)
        throw new RedressError('not_found', noTopic(missing), { retryable: true });
      this.#missing = missing;
      if (missing.length > 0) logger.warn({ reason: noTopic(missing) }, 'reading the other topics meanwhile');
      const watch = new KafkaWatch({
        admin,
        groupId,
        topics,
        missing,
        progress: this.#progress,
        onLoss: (loss) => this.#lost(loss),
        onTopicsChanged: () => this.#reopen('a topic has come or gone'),
        logger,
      });
      this.#watch = watch;
      const member = new KafkaMember({
        kafka,
        admin,
        groupId,
        topics: topics.filter((topic) => !missing.includes(topic)),
        from,
        awaited: this.#awaited,
        sessionTimeout,
        writes: this.#writes,
        decode: (batch) => decodeBatch(batch, { limits, memory: this.#memory, receivedAt: clock.now() }),
        onRead: (topic, partition, first, next) => watch.read(topic, partition, first, next),
        onJoin: () => {
          this.#isJoined = true;
        },
        onCrash: (error) => this.#crashed(error),
        isEnding: () => this.#isStopped,
        logger,
      });
      this.#member = member;
      // What the group has committed has to be known before it reads on, or nobody would know what it has missed.
      await watch.open();
      await member.join();
    } catch (cause) {
      await this.#close();
      throw kafkaFault(cause, this.#settings);
    }
  }

  #crashed(error: Error): void {
    if (this.#isStopped) return;
    this.#isJoined = false;
    this.#kafkaFailure = `Kafka at ${this.#settings.brokers.join(', ')}: ${messageOf(error)}`;
    this.#reopen(this.#kafkaFailure);
  }

  #reopen(reason: string): void {
    if (this.#isReopening || this.#isStopped) return;
    this.#parts.logger.warn({ reason }, 'joining the group anew');
    this.#isReopening = true;
    this.#opening = this.#opening.then(async () => {
      await this.#close();
      // From here on whoever says so again speaks of the next membership.
      this.#isReopening = false;
      await this.#open(() => true);
    });
  }

  async #close(): Promise<void> {
    this.#isJoined = false;
    this.#progress.lagUnknown();
    this.#watch?.close();
    const [member, admin] = [this.#member, this.#admin];
    this.#member = null;
    this.#watch = null;
    this.#admin = null;
    await member?.close();
    await admin?.disconnect().catch(() => undefined);
  }

  #lost(loss: Loss): void {
    this.#parts.logger.error(
      loss,
      'Kafka has deleted messages before they were read; reading goes on behind them',
    );
    this.#parts.onLoss?.(loss);
  }

  #waitsForStore(error: unknown): void {
    this.#storeFailure = messageOf(error);
    const passing = error instanceof RedressError && error.retryable;
    this.#parts.logger[passing ? 'warn' : 'error']({ err: error }, 'events cannot be written; trying again');
  }
}

const noTopic = (topics: readonly string[]): string => `Kafka has no topic ${topics.join(', ')}`;
