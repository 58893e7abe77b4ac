import { setTimeout as sleep } from 'node:timers/promises';
import type { Instant } from '../model/clock.js';
import type { Admin } from './kafka-client.js';
import { groupOffsets, type PartitionOffsets, placeOf } from './kafka-offsets.js';
import type { PartitionOffset } from './partition-writes.js';

/** Where a group begins in a topic of which it has never read anything. */
export type From = 'earliest' | 'latest' | Instant;

export interface BeginningsParts {
  admin: Admin;
  groupId: string;
  topics: readonly string[];
  from: From;
  /** Topics that did not exist when they were first looked for: all that is in them came later, and is read. */
  awaited: ReadonlySet<string>;
  /** One member decides for all, so that no two begin in two places. */
  decides: boolean;
  commit(offsets: PartitionOffset[]): Promise<unknown>;
  /** False ends the waiting for the member that decides. */
  again(): boolean;
}

/** How often it is asked whether where to begin is settled, ms. */
export const ASK_EVERY = 250;

/**
 * Where the group goes on in each partition, by place. A topic that it has never read gets its beginning committed
 * before anything of it is read: a beginning such as `latest` would otherwise be another one after each rebalance and
 * each restart, and what came in between would be left out. A partition without an offset in a topic of which others have one
 * was added later, and is read whole.
 */
export async function settledBeginnings(parts: BeginningsParts): Promise<Map<string, number>> {
  const { admin, groupId, topics, from, awaited, decides, commit, again } = parts;
  // Without an offset kafkajs begins with the first message by itself.
  if (from === 'earliest') return new Map();
  for (;;) {
    const offsets = await groupOffsets(admin, groupId, topics);
    const isKnown = (topic: string) => offsets.some((it) => it.topic === topic && it.committed !== null);
    const unread = topics.filter((topic) => !isKnown(topic));
    if (unread.length === 0 || !again()) return goingOn(offsets);
    if (decides) {
      const inUnread = offsets.filter(({ topic }) => unread.includes(topic));
      const fromIn = (topic: string) => (awaited.has(topic) ? 'earliest' : from);
      const beginnings = await beginningsIn(admin, inUnread, fromIn);
      if (again()) await commit(beginnings);
    }
    await sleep(ASK_EVERY);
  }
}

async function beginningsIn(
  admin: Admin,
  offsets: readonly PartitionOffsets[],
  fromIn: (topic: string) => From,
): Promise<PartitionOffset[]> {
  const since = new Map<string, number>();
  for (const topic of new Set(offsets.map((it) => it.topic))) {
    const from = fromIn(topic);
    if (typeof from !== 'number') continue;
    for (const { partition, offset } of await admin.fetchTopicOffsetsByTimestamp(topic, from))
      since.set(placeOf({ topic, partition }), Number(offset));
  }
  return offsets.map((it) => {
    const { topic, partition, low, high } = it;
    const otherwise = fromIn(topic) === 'earliest' ? low : high;
    return { topic, partition, offset: String(since.get(placeOf(it)) ?? otherwise) };
  });
}

const goingOn = (offsets: readonly PartitionOffsets[]): Map<string, number> =>
  new Map(offsets.map((it) => [placeOf(it), it.committed ?? it.low]));
