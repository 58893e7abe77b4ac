import type { Instant } from '../model/clock.js';
import type { Admin } from './kafka-client.js';

/** How many messages of one partition the group has not committed. */
export interface PartitionLag {
  topic: string;
  partition: number;
  lag: number;
}

/** What the group has not committed, for each partition of its topics, whichever member reads it. */
export async function groupLag(
  admin: Admin,
  {
    groupId,
    topics,
    from = 'earliest',
  }: { groupId: string; topics: readonly string[]; from?: 'earliest' | 'latest' | Instant },
): Promise<PartitionLag[]> {
  const committed = await admin.fetchOffsets({ groupId, topics: [...topics] });
  const waiting = await Promise.all(
    committed.map(async ({ topic, partitions }) => {
      const ends = new Map((await admin.fetchTopicOffsets(topic)).map((end) => [end.partition, end]));
      // Where reading begins in partitions that the group has never read: what lies before it waits for nobody.
      const since = typeof from === 'number' ? await offsetsSince(admin, groupId, topic, from) : new Map();
      return partitions.map(({ partition, offset }) => {
        const end = ends.get(partition);
        if (end === undefined) return { topic, partition, lag: 0 };
        const unread = from === 'latest' ? Number(end.high) : Number(since.get(partition) ?? end.low);
        const next = Number(offset) < 0 ? unread : Number(offset);
        // Nor does what has been deleted by age.
        return { topic, partition, lag: Math.max(Number(end.high) - Math.max(next, Number(end.low)), 0) };
      });
    }),
  );
  return waiting.flat();
}

/**
 * The first offset at or after an instant, by partition, for those partitions of the topic of which the group
 * has never committed an offset.
 */
export async function offsetsSince(
  admin: Admin,
  groupId: string,
  topic: string,
  instant: Instant,
): Promise<Map<number, bigint>> {
  const [committed] = await admin.fetchOffsets({ groupId, topics: [topic] });
  const unread = new Set(
    committed?.partitions.filter(({ offset }) => Number(offset) < 0).map(({ partition }) => partition),
  );
  if (unread.size === 0) return new Map();
  const found = await admin.fetchTopicOffsetsByTimestamp(topic, instant);
  return new Map(
    found
      .filter(({ partition }) => unread.has(partition))
      .map(({ partition, offset }) => [partition, BigInt(offset)]),
  );
}
