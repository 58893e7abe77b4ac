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
  { groupId, topics }: { groupId: string; topics: readonly string[] },
): Promise<PartitionLag[]> {
  const committed = await admin.fetchOffsets({ groupId, topics: [...topics] });
  const waiting = await Promise.all(
    committed.map(async ({ topic, partitions }) => {
      const ends = new Map((await admin.fetchTopicOffsets(topic)).map((end) => [end.partition, end]));
      return partitions.map(({ partition, offset }) => {
        const end = ends.get(partition);
        // What has been deleted by age waits for nobody.
        const lag = end === undefined ? 0 : Number(end.high) - Math.max(Number(offset), Number(end.low));
        return { topic, partition, lag: Math.max(lag, 0) };
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
