import type { Logger } from 'pino';
import { SECOND } from '../model/clock.js';
import { messageOf } from '../model/errors.js';
import type { Admin } from './kafka-client.js';
import { type Loss, UnreadLosses } from './kafka-losses.js';
import { groupOffsets, lagOf, missingTopics, type PartitionLag, placeOf } from './kafka-offsets.js';
import type { ProgressTracker } from './progress.js';

export interface WatchParts {
  admin: Admin;
  groupId: string;
  /** The topics that are wanted, and those of them that did not exist when the group was joined. */
  topics: readonly string[];
  missing: readonly string[];
  progress: ProgressTracker;
  onLoss(loss: Loss): void;
  /** Told when a topic has come or gone. */
  onTopicsChanged(): void;
  logger: Logger;
}

const LOOK_INTERVAL = 5 * SECOND;

/** Asks Kafka from time to time what waits for the group, in all partitions: not only in those that this process reads. */
export class KafkaWatch {
  readonly #parts: WatchParts;
  readonly #losses = new UnreadLosses();
  #lags: readonly PartitionLag[] = [];
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;
  #isClosed = false;

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  /** Looks now, and again every few seconds until it is closed. Throws when nobody can say. */
  async open(): Promise<void> {
    await this.#ask();
    if (this.#isClosed) return;
    this.#timer = setInterval(() => void this.look(), LOOK_INTERVAL);
  }

  close(): void {
    this.#isClosed = true;
    this.#lags = [];
    clearInterval(this.#timer);
  }

  /** What waited in each partition when it was last asked; nothing when nobody could say. */
  lags(): readonly PartitionLag[] {
    return this.#lags;
  }

  /** Records what this process has read, so that what is deleted before it is noticed. */
  read(topic: string, partition: number, from: number, to: number): void {
    this.#losses.read(topic, partition, from, to);
  }

  /**
   * Never throws: when nobody can say, the source is not read to its end. One look waits for the one before it, which may
   * have asked too early for whoever comes; all who come meanwhile share the next.
   */
  async look(): Promise<void> {
    this.#next ??= this.#looking.then(() => {
      this.#next = null;
      this.#looking = this.#look();
      return this.#looking;
    });
    await this.#next;
  }

  async #look(): Promise<void> {
    const { progress, logger } = this.#parts;
    try {
      await this.#ask();
    } catch (error) {
      if (this.#isClosed) return;
      this.#lags = [];
      progress.lagUnknown();
      logger.warn({ reason: messageOf(error) }, 'cannot ask Kafka how much waits unread');
    }
  }

  async #ask(): Promise<void> {
    const { admin, groupId, topics, missing, progress, onLoss, onTopicsChanged } = this.#parts;
    const missingNow = await missingTopics(admin, topics);
    if (missingNow.join() !== missing.join()) onTopicsChanged();
    const there = topics.filter((topic) => !missingNow.includes(topic));
    const offsets = await groupOffsets(admin, groupId, there);
    if (this.#isClosed) return;
    this.#lags = offsets.map(lagOf);
    // What will be in a topic that is not there is not read either.
    const waiting = missingNow.map((topic) => [topic, 1] as const);
    progress.lags(new Map([...this.#lags.map((it) => [placeOf(it), it.lag] as const), ...waiting]));
    for (const loss of this.#losses.found(offsets)) onLoss(loss);
  }
}
