import type { RejectedEvent } from '../model/event.js';
import type { PackedEvents } from '../store/event-rows.js';

/** What a batch of one source's input became. Everything that came in is in one of the two. */
export interface DecodedBatch {
  source: string;
  /** When the last of it arrived; null for a batch of nothing. */
  lastArrivalAt: number | null;
  accepted: PackedEvents;
  rejected: readonly RejectedEvent[];
  /** About what it takes in memory. */
  bytes: number;
}

/** Where decoded batches go. */
export interface EventSink {
  /**
   * Resolves once the batch is durable. Throws a retryable `store_unavailable` when it could not be written;
   * writing the same batch again is harmless, because an event is known by its id and a rejected input by
   * where it came from.
   */
  write(batch: DecodedBatch): Promise<void>;
}

/** How far a source has been read: what the watermark is made from. */
export interface SourceProgress {
  source: string;
  /** Greatest `occurred_at` accepted so far; null before the first event. */
  frontier: number | null;
  /** When the last input arrived. */
  lastArrivalAt: number | null;
  /** Inputs known to wait unread (a Kafka group's lag); 0 when it has been read to its end. */
  lag: number;
}
