import type { Logger } from 'pino';
import { type Clock, type Instant, SECOND } from '../model/clock.js';
import { messageOf, RedressError } from '../model/errors.js';
import type { Origin } from '../store/event-rows.js';
import { BatchBuilder } from './batch.js';
import type { DecodedBatch, EventSink, SourceProgress } from './contract.js';
import { type DecodeLimits, reject } from './decode.js';
import { insist } from './insist.js';
import {
  type Admin,
  type Consumer,
  createKafka,
  type EachBatchPayload,
  type KafkaConnection,
} from './kafka-client.js';
import { groupLag, offsetsSince, type PartitionLag } from './kafka-offsets.js';
import { arrivalOf } from './origin.js';
import { HELD_BYTES, type PartitionOffset, PartitionWrites } from './partition-writes.js';
import { type PlaceProgress, ProgressTracker } from './progress.js';
import { withoutRegistryPrefix } from './registry-prefix.js';
import { RowMemory } from './row-memory.js';

export interface KafkaSettings extends KafkaConnection {
  groupId: string;
  topics: readonly string[];
  /** Where to begin in partitions that the group has never read; `earliest` by default. */
  from?: 'earliest' | 'latest' | Instant;
  /** How long a member that says nothing keeps its partitions, ms: nobody else reads them meanwhile. */
  sessionTimeout?: number;
}

export interface KafkaSourceParts {
  sink: EventSink;
  clock: Clock;
  logger: Logger;
  limits: DecodeLimits;
}

/** What the source is doing; `connecting` is also a topic that does not exist yet. */
export type KafkaSourceState = 'connecting' | 'reading' | 'waiting_for_store' | 'stopped';

/**
 * A fetch's greatest size, as it comes over the wire, of a partition and in all. What a fetch becomes should be garbage before
 * the young generation is full: what is promoted stays until all of the heap is collected, which is the memory that a
 * consumer took while it read four times as much at once, and a third of its processor time (docs/benchmarks.md).
 */
const FETCH_BYTES = 1 << 20;
const SESSION = 15 * SECOND;
const LONGEST_HEARTBEAT = 3 * SECOND;
/** How long a rebalance waits for members: one that died while it joined holds up all the others for so long. */
const REBALANCE = 20 * SECOND;
const LAG_INTERVAL = 5 * SECOND;

/**
 * Reads topics as a member of a consumer group. An offset is committed only after its events are durable; a
 * store that is away stops the reading, keeps the membership, and loses nothing.
 */
export class KafkaSource {
  readonly #parts: KafkaSourceParts;
  readonly #settings: KafkaSettings;
  readonly #heartbeat: number;
  readonly #progress: ProgressTracker;
  readonly #memory = new RowMemory(HELD_BYTES);
  readonly #writes: PartitionWrites;
  #admin: Admin | null = null;
  #consumer: Consumer | null = null;
  #lagTimer: NodeJS.Timeout | undefined;
  #state: KafkaSourceState = 'connecting';
  #failure = '';
  #opening: Promise<void> = Promise.resolve();
  #partitionLags: readonly PartitionLag[] = [];
  /** Where partitions begin that the group has never read, by `topic/partition`. */
  #beginnings: Promise<ReadonlyMap<string, bigint>> = Promise.resolve(new Map());

  constructor(parts: KafkaSourceParts, settings: KafkaSettings) {
    this.#parts = parts;
    this.#settings = settings;
    this.#progress = new ProgressTracker('kafka');
    // Until Kafka has been asked, what was known of the source says nothing about what waits in it.
    this.#progress.lagUnknown();
    this.#writes = new PartitionWrites({
      sink: parts.sink,
      memory: this.#memory,
      commit: (offsets) => this.#commit(offsets),
      onDurable: (batch, { topic, partition }) => {
        this.#progress.wrote(batch, `${topic}/${partition}`);
        if (this.#state === 'waiting_for_store') this.#reads();
      },
      onRetry: (error) => this.#waitsForStore(error),
    });
    this.#heartbeat = Math.min((settings.sessionTimeout ?? SESSION) / 4, LONGEST_HEARTBEAT);
  }

  /** Resolves when it reads. Brokers that are away and topics that are not there yet are waited for. */
  async start(): Promise<void> {
    this.#opening = this.#open();
    await this.#opening;
  }

  /** Resolves when what is at work is durable and committed, or given back unread, and the group is left. */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    await this.#opening.catch(() => undefined);
    await this.#writes.end();
    await this.#close();
  }

  state(): KafkaSourceState {
    return this.#state;
  }

  /** Why it is not reading; empty while it is. */
  failure(): string {
    return this.#failure;
  }

  progress(): SourceProgress {
    return this.#progress.progress();
  }

  /** What waits unread in each partition of the topics, whichever member reads it; as it was last measured. */
  partitionLags(): readonly PartitionLag[] {
    return this.#partitionLags;
  }

  async #open(): Promise<void> {
    try {
      await insist(() => this.#connect(), {
        again: (error) =>
          !this.#isStopped() && !(error instanceof RedressError && error.code === 'config_invalid'),
        onRetry: (error) => {
          this.#failure = messageOf(error);
          this.#parts.logger.warn({ reason: this.#failure }, 'waiting for Kafka');
        },
      });
    } catch (error) {
      if (this.#isStopped()) return;
      this.#failure = messageOf(error);
      throw error;
    }
  }

  async #connect(): Promise<void> {
    try {
      const kafka = await createKafka(this.#settings, this.#parts.logger);
      const admin = kafka.admin();
      this.#admin = admin;
      await admin.connect();
      const existing = new Set(await admin.listTopics());
      const missing = this.#settings.topics.filter((topic) => !existing.has(topic));
      if (missing.length > 0)
        throw new RedressError('not_found', `Kafka has no topic ${missing.join(', ')}`, { retryable: true });
      const { groupId, topics, from = 'earliest', sessionTimeout = SESSION } = this.#settings;
      const consumer = kafka.consumer({
        groupId,
        sessionTimeout,
        rebalanceTimeout: Math.max(sessionTimeout, REBALANCE),
        heartbeatInterval: this.#heartbeat,
        maxBytesPerPartition: FETCH_BYTES,
        maxBytes: FETCH_BYTES,
        maxWaitTimeInMs: 500,
        allowAutoTopicCreation: false,
      });
      this.#consumer = consumer;
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        if (this.#isStopped()) return;
        this.#state = 'connecting';
        this.#failure = messageOf(payload.error);
        // kafkajs starts again by itself after what it takes for a passing fault; after any other, this does.
        if (!payload.restart) this.#reopen(payload.error);
      });
      consumer.on(consumer.events.GROUP_JOIN, () => {
        this.#writes.rejoined();
        if (typeof from === 'number') {
          this.#beginnings = this.#findBeginnings(admin, from);
          // Whoever takes a batch waits for it and meets the failure; nobody may have come yet.
          this.#beginnings.catch(() => undefined);
        }
        this.#reads();
      });
      await consumer.connect();
      await consumer.subscribe({ topics: [...topics], fromBeginning: from !== 'latest' });
      await this.measureLag();
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: (payload) => this.#take(payload),
      });
      this.#lagTimer = setInterval(() => void this.measureLag(), LAG_INTERVAL);
    } catch (cause) {
      await this.#close();
      if (cause instanceof RedressError) throw cause;
      throw new RedressError(
        'broker_unavailable',
        `Kafka at ${this.#settings.brokers.join(', ')}: ${messageOf(cause)}`,
        { cause, retryable: true },
      );
    }
  }

  /** Asked at each join, because another member may have read on in the meantime. */
  async #findBeginnings(admin: Admin, from: Instant): Promise<ReadonlyMap<string, bigint>> {
    const found = new Map<string, bigint>();
    for (const topic of this.#settings.topics)
      for (const [partition, offset] of await offsetsSince(admin, this.#settings.groupId, topic, from))
        found.set(`${topic}/${partition}`, offset);
    return found;
  }

  #reopen(error: Error): void {
    this.#parts.logger.error({ err: error }, 'the Kafka consumer ended; starting another');
    this.#opening = this.#close().then(() => this.#open());
  }

  async #close(): Promise<void> {
    clearInterval(this.#lagTimer);
    const [consumer, admin] = [this.#consumer, this.#admin];
    this.#consumer = null;
    this.#admin = null;
    // Disconnecting stops the consumer, which waits for the batch at work.
    await consumer?.disconnect().catch(() => undefined);
    await admin?.disconnect().catch(() => undefined);
  }

  /** Takes a batch when there is room for it, and does not wait until it is written: the next is read meanwhile. */
  async #take(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const { topic, partition } = batch;
    if (await this.#liesBefore(batch)) return;
    if (!(await this.#findsRoom(payload))) return;
    const next = (BigInt(batch.lastOffset()) + 1n).toString();
    this.#writes.take(this.#decode(batch), { topic, partition, offset: next });
    const last = batch.messages.at(-1);
    if (last !== undefined) payload.resolveOffset(last.offset);
  }

  /** Waits for room, and tells the group meanwhile that this member lives; false when the batch is to be left. */
  async #findsRoom({ isRunning, isStale, heartbeat }: EachBatchPayload): Promise<boolean> {
    while (!this.#writes.hasRoom() && isRunning() && !isStale() && !this.#isStopped()) {
      await this.#writes.released(this.#heartbeat);
      await heartbeat();
    }
    // Otherwise the same batch would be fetched again and again until all is written.
    if (this.#isStopped()) await this.#writes.end();
    return isRunning() && !isStale() && !this.#isStopped();
  }

  async #commit(offsets: PartitionOffset[]): Promise<void> {
    try {
      await this.#consumer?.commitOffsets(offsets);
    } catch (error) {
      this.#parts.logger.warn({ reason: messageOf(error) }, 'offsets cannot be committed; trying again');
      throw error;
    }
  }

  /** Leaves a batch that lies before where the partition begins for this group, and goes there. */
  async #liesBefore(batch: EachBatchPayload['batch']): Promise<boolean> {
    const { topic, partition } = batch;
    const beginning = (await this.#beginnings).get(`${topic}/${partition}`);
    const first = batch.firstOffset();
    if (beginning === undefined || first === null || BigInt(first) >= beginning) return false;
    this.#consumer?.seek({ topic, partition, offset: beginning.toString() });
    return true;
  }

  #decode({ topic, partition, messages }: EachBatchPayload['batch']): DecodedBatch {
    // Rows take less than the JSON that they are made of.
    const expected = messages.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
    const builder = new BatchBuilder('kafka', this.#parts.limits, { memory: this.#memory, expected });
    const place = `${topic}/${partition}/`;
    const receivedAt = this.#parts.clock.now();
    for (const { offset, timestamp, value } of messages) {
      // The message's own time and place, so that a message read again is the same arrival.
      const versionAt = Math.max(Number(timestamp), 0);
      const origin: Origin = { source: 'kafka', place, receivedAt, versionAt, turn: 0 };
      if (value !== null) builder.addBytes(withoutRegistryPrefix(value), origin, Number(offset));
      else {
        const arrival = arrivalOf(origin, Number(offset));
        builder.add(reject(arrival, '', 'not_an_object', '', 'the message has no value'));
      }
    }
    return builder.take();
  }

  /** Takes up how far partitions have been read, by other members too. */
  learn(known: readonly PlaceProgress[]): void {
    this.#progress.learn(known);
  }

  /** Asks Kafka what waits unread. Never throws: when nobody can say, the source is not read to its end. */
  async measureLag(): Promise<void> {
    const admin = this.#admin;
    if (admin === null) return;
    try {
      this.#partitionLags = await groupLag(admin, this.#settings);
      this.#progress.lags(
        new Map(this.#partitionLags.map(({ topic, partition, lag }) => [`${topic}/${partition}`, lag])),
      );
    } catch (error) {
      this.#progress.lagUnknown();
      this.#parts.logger.warn({ reason: messageOf(error) }, 'cannot ask Kafka how much waits unread');
    }
  }

  #waitsForStore(error: unknown): void {
    this.#failure = messageOf(error);
    this.#state = 'waiting_for_store';
    const passing = error instanceof RedressError && error.retryable;
    this.#parts.logger[passing ? 'warn' : 'error']({ err: error }, 'events cannot be written; trying again');
  }

  #reads(): void {
    if (this.#isStopped()) return;
    this.#state = 'reading';
    this.#failure = '';
  }

  #isStopped(): boolean {
    return this.#state === 'stopped';
  }
}
