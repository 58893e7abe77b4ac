import type { Instant } from '../model/clock.js';
import type { Origin } from '../store/event-rows.js';
import { BatchBuilder } from './batch.js';
import type { DecodedBatch } from './contract.js';
import { type DecodeLimits, reject } from './decode.js';
import type { EachBatchPayload } from './kafka-client.js';
import { arrivalOf } from './origin.js';
import { withoutRegistryPrefix } from './registry-prefix.js';
import type { RowMemory } from './row-memory.js';

/** What Kafka brings at once, of one partition. */
export type KafkaBatch = EachBatchPayload['batch'];

/** Makes of each message what it is: an event, or an input that is rejected with its reason. */
export function decodeBatch(
  { topic, partition, messages }: KafkaBatch,
  { limits, memory, receivedAt }: { limits: DecodeLimits; memory: RowMemory; receivedAt: Instant },
): DecodedBatch {
  // Rows take less than the JSON that they are made of.
  const expected = messages.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
  const builder = new BatchBuilder('kafka', limits, { memory, expected });
  const place = `${topic}/${partition}/`;
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
