import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { SECOND } from '../model/clock.js';
import { messageOf } from '../model/errors.js';
import type { DecodedBatch } from './contract.js';
import { insist } from './insist.js';
import type { KafkaBatch } from './kafka-batch.js';
import { ASK_EVERY, type From, settledBeginnings } from './kafka-beginnings.js';
import type { Admin, Consumer, EachBatchPayload, Kafka } from './kafka-client.js';
import { placeOf } from './kafka-offsets.js';
import type { PartitionOffset, PartitionWrites } from './partition-writes.js';

export interface MemberParts {
  kafka: Kafka;
  admin: Admin;
  groupId: string;
  /** All of them exist. */
  topics: readonly string[];
  from: From;
  /** Those of them that did not exist when they were first looked for. */
  awaited: ReadonlySet<string>;
  /** How long a member that says nothing keeps its partitions, ms. */
  sessionTimeout: number;
  writes: PartitionWrites;
  decode(batch: KafkaBatch): DecodedBatch;
  /** Told of what has been read: from an offset up to another, which is not read yet. */
  onRead(topic: string, partition: number, from: number, to: number): void;
  onJoin(): void;
  /** Told when it has ended by itself, after it had joined. */
  onCrash(error: Error): void;
  /** True once nothing more is to be taken. */
  isEnding(): boolean;
  logger: Logger;
}

/**
 * A fetch's greatest size, as it comes over the wire, of a partition and in all. What a fetch becomes should be garbage before
 * the young generation is full: what is promoted stays until all of the heap is collected, which is the memory that a
 * consumer took while it read four times as much at once, and a third of its processor time (docs/benchmarks.md).
 */
const FETCH_BYTES = 1 << 20;
const LONGEST_HEARTBEAT = 3 * SECOND;
/** How long a rebalance waits for members: one that died while it joined holds up all the others for so long. */
const REBALANCE = 20 * SECOND;
/** How soon partitions are noticed that are added to a topic, ms. */
const METADATA_AGE = 5 * SECOND;

/**
 * One process's membership in the consumer group: fetches what the group gives it, and hands it to be written. It keeps its
 * place in the group while what it has taken cannot be written.
 */
export class KafkaMember {
  readonly #parts: MemberParts;
  readonly #heartbeat: number;
  readonly #consumer: Consumer;
  #isClosed = false;
  #isJoining = true;
  /** Why the consumer ended before it had joined. */
  #refusal: Error | null = null;
  /** Of this membership: the group gives out its partitions anew with each. */
  #generation = 0;
  /** Where each partition begins; a place is taken out once it has begun. Null until the group has settled it. */
  #beginnings: Map<string, number> | null = null;
  #settling: Promise<void> = Promise.resolve();

  constructor(parts: MemberParts) {
    const { kafka, groupId, sessionTimeout } = parts;
    this.#parts = parts;
    this.#heartbeat = Math.min(sessionTimeout / 4, LONGEST_HEARTBEAT);
    this.#consumer = kafka.consumer({
      groupId,
      sessionTimeout,
      rebalanceTimeout: Math.max(sessionTimeout, REBALANCE),
      heartbeatInterval: this.#heartbeat,
      maxBytesPerPartition: FETCH_BYTES,
      maxBytes: FETCH_BYTES,
      maxWaitTimeInMs: 500,
      metadataMaxAge: METADATA_AGE,
      allowAutoTopicCreation: false,
      // Left to itself kafkajs begins anew after some crashes, now and then also when it has been closed meanwhile: then a
      // consumer that nobody knows of holds partitions.
      retry: { retries: 5, restartOnFailure: async () => false },
    });
  }

  /** Resolves when the group has given it partitions, and reading begins. Throws what the brokers refuse it for. */
  async join(): Promise<void> {
    const consumer = this.#consumer;
    const { events } = consumer;
    consumer.on(events.CRASH, ({ payload }) => this.#crashed(payload.error));
    consumer.on(events.GROUP_JOIN, ({ payload }) => this.#joined(payload.isLeader));
    consumer.on(events.END_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize === 0) this.#pass(payload);
    });
    await consumer.connect();
    // The group's own beginnings are committed; what has none, or lost it to retention, begins with what is there.
    await consumer.subscribe({ topics: [...this.#parts.topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (payload) => this.#take(payload),
    });
    this.#isJoining = false;
    if (this.#refusal !== null) throw this.#refusal;
    await this.#settling;
  }

  /** Tells Kafka up to where partitions are durable. Throws when it cannot be told. */
  async commit(offsets: PartitionOffset[]): Promise<void> {
    try {
      await this.#consumer.commitOffsets(offsets);
    } catch (error) {
      this.#parts.logger.warn({ reason: messageOf(error) }, 'offsets cannot be committed; trying again');
      throw error;
    }
  }

  /** Leaves the group. Resolves when the batch at work has been taken or given back. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#consumer.disconnect().catch(() => undefined);
  }

  /** What ends it while it joins, kafkajs tells nobody who waits for that. */
  #crashed(error: Error): void {
    if (this.#isClosed) return;
    if (this.#isJoining) this.#refusal = error;
    else this.#parts.onCrash(error);
  }

  #joined(isLeader: boolean): void {
    this.#generation += 1;
    this.#beginnings = null;
    this.#parts.writes.rejoined();
    this.#settling = this.#settle(isLeader);
    this.#parts.onJoin();
  }

  /** Asked at each join, because another member may have read on in the meantime. */
  async #settle(decides: boolean): Promise<void> {
    const generation = this.#generation;
    const again = () => generation === this.#generation && !this.#isClosed && !this.#parts.isEnding();
    const commit = (offsets: PartitionOffset[]) => this.commit(offsets);
    const settled = await insist(() => settledBeginnings({ ...this.#parts, decides, commit, again }), {
      again,
      onRetry: (error) =>
        this.#parts.logger.warn({ reason: messageOf(error) }, 'where to begin is not settled; trying again'),
    }).catch(() => null);
    if (again()) this.#beginnings = settled;
  }

  /** Takes a batch when there is room for it, and does not wait until it is written: the next is read meanwhile. */
  async #take(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    if (!(await this.#mayTake(payload))) return;
    if (this.#liesBefore(batch)) return;
    const { topic, partition } = batch;
    const next = Number(batch.lastOffset()) + 1;
    this.#parts.onRead(topic, partition, Number(batch.firstOffset() ?? batch.lastOffset()), next);
    this.#parts.writes.take(this.#parts.decode(batch), { topic, partition, offset: String(next) });
    const last = batch.messages.at(-1);
    if (last !== undefined) payload.resolveOffset(last.offset);
  }

  /**
   * Waits until the group has settled where to begin and there is room, and tells the group meanwhile that this member
   * lives; false when the batch is to be left.
   */
  async #mayTake({ isRunning, isStale, heartbeat }: EachBatchPayload): Promise<boolean> {
    const { writes, isEnding } = this.#parts;
    const goesOn = () => isRunning() && !isStale() && !isEnding();
    while (goesOn() && (this.#beginnings === null || !writes.hasRoom())) {
      if (this.#beginnings === null) await sleep(ASK_EVERY);
      else await writes.released(this.#heartbeat);
      await heartbeat();
    }
    // Otherwise the same batch would be fetched again and again until all is written.
    if (isEnding()) await writes.end();
    return goesOn();
  }

  /** Leaves a batch that lies before where the partition begins for this group, and goes there. */
  #liesBefore(batch: KafkaBatch): boolean {
    const { topic, partition } = batch;
    const place = placeOf(batch);
    const beginning = this.#beginnings?.get(place);
    // Only once: a topic that is made anew begins with zero again.
    this.#beginnings?.delete(place);
    const first = batch.firstOffset();
    if (beginning === undefined || first === null || Number(first) >= beginning) return false;
    this.#consumer.seek({ topic, partition, offset: String(beginning) });
    return true;
  }

  /** What a transaction leaves behind is no message, and nobody takes it; the group goes on behind it all the same. */
  #pass({ topic, partition, firstOffset, lastOffset }: Passed): void {
    const next = Number(lastOffset) + 1;
    const beginning = this.#beginnings?.get(placeOf({ topic, partition })) ?? 0;
    if (this.#beginnings === null || next < beginning || this.#parts.isEnding()) return;
    this.#parts.onRead(topic, partition, Number(firstOffset ?? lastOffset), next);
    this.#parts.writes.pass({ topic, partition, offset: String(next) });
  }
}

interface Passed {
  topic: string;
  partition: number;
  firstOffset: string | null;
  lastOffset: string;
}
