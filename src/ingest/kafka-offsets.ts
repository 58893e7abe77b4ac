import type { Admin } from './kafka-client.js';

/** Where one partition stands, and how far the group has come in it. */
export interface PartitionOffsets {
  topic: string;
  partition: number;
  /** The first message that is still there. */
  low: number;
  /** Where the next message will be written. */
  high: number;
  /** Where the group goes on; null where it has never committed an offset. */
  committed: number | null;
}

/** How many messages of one partition the group has not committed. */
export interface PartitionLag {
  topic: string;
  partition: number;
  lag: number;
}

/** A partition's name, as places are called everywhere. */
export const placeOf = ({ topic, partition }: { topic: string; partition: number }): string =>
  `${topic}/${partition}`;

/**
 * Asks Kafka for every partition of the topics, whichever member reads it. Throws when one of the topics cannot be
 * asked for: what is not known must not look as if nothing waited.
 */
export async function groupOffsets(
  admin: Admin,
  groupId: string,
  topics: readonly string[],
): Promise<PartitionOffsets[]> {
  const found: PartitionOffsets[] = [];
  // One after the other: kafkajs forgets the partitions of a topic that is asked for while another is.
  for (const topic of topics) {
    // What is committed first: asked the other way round, the group could be ahead of the end.
    const [answer] = await admin.fetchOffsets({ groupId, topics: [topic] });
    const committed = new Map(answer?.partitions.map((it) => [it.partition, committedAt(Number(it.offset))]));
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic))
      found.push({
        topic,
        partition,
        low: Number(low),
        high: Number(high),
        committed: committed.get(partition) ?? null,
      });
    if (!found.some((it) => it.topic === topic)) throw new Error(`no partition of ${topic} is known`);
  }
  return found;
}

/** What nobody has committed is -1; kafkajs commits -2 when what was committed is gone: from the first that is there. */
const committedAt = (offset: number): number | null => (offset === -1 ? null : Math.max(offset, 0));

/** What waits for the group: neither what retention has deleted, nor what was before a topic was made anew. */
export function lagOf({ topic, partition, low, high, committed }: PartitionOffsets): PartitionLag {
  const goesOn = committed === null || committed > high ? low : Math.max(committed, low);
  return { topic, partition, lag: high - goesOn };
}

/** Those of the topics that Kafka does not have. */
export async function missingTopics(admin: Admin, topics: readonly string[]): Promise<string[]> {
  const missing: string[] = [];
  for (const topic of topics)
    try {
      await admin.fetchTopicMetadata({ topics: [topic] });
    } catch (error) {
      if ((error as { type?: unknown }).type !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
      missing.push(topic);
    }
  return missing;
}
