import type { DecodedBatch, EventSink } from './contract.js';
import { type InsistOptions, insist } from './insist.js';
import type { RowMemory } from './row-memory.js';

/**
 * Tries to write a batch until it is durable, and gives its memory back. When a try failed, the memory is left to the
 * garbage collector: a request that was given up may still be reading from it.
 */
export async function writeUntilDurable(
  batch: DecodedBatch,
  { sink, memory, again, onRetry }: InsistOptions & { sink: EventSink; memory: RowMemory },
): Promise<void> {
  let failed = false;
  await insist(() => sink.write(batch), {
    again,
    onRetry: (error) => {
      failed = true;
      onRetry?.(error);
    },
  });
  if (!failed) memory.give(batch.accepted.rows);
}
