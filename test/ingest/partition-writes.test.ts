import { setImmediate as moment } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { BatchBuilder } from '../../src/ingest/batch.js';
import type { DecodedBatch } from '../../src/ingest/contract.js';
import { type PartitionOffset, PartitionWrites } from '../../src/ingest/partition-writes.js';
import { RowMemory } from '../../src/ingest/row-memory.js';
import { RedressError } from '../../src/model/errors.js';

const EMPTY = new BatchBuilder('kafka', { maxEventBytes: 1_000 }).take();
const at = (partition: number, offset: number): PartitionOffset => ({
  topic: 't',
  partition,
  offset: String(offset),
});

/** Writes that end, and commits that are kept, as the test says. */
function underTest() {
  const written: { succeed: () => void; fail: () => void }[] = [];
  const commits: string[] = [];
  const durable: string[] = [];
  const away = new RedressError('store_unavailable', 'the store is away', { retryable: true });
  const writes = new PartitionWrites({
    sink: {
      write: () => new Promise<void>((succeed, fail) => written.push({ succeed, fail: () => fail(away) })),
    },
    memory: new RowMemory(0),
    commit: async (offsets) => {
      for (const { partition, offset } of offsets) commits.push(`${partition}:${offset}`);
    },
    onDurable: (_, { partition, offset }) => durable.push(`${partition}:${offset}`),
    onRetry: () => {},
  });
  return { writes, written, commits, durable };
}

it('commits an offset only when everything of the partition before it is durable, in whatever order writes end', async () => {
  const { writes, written, commits, durable } = underTest();
  writes.take(EMPTY, at(0, 100));
  writes.take(EMPTY, at(0, 200));
  writes.take(EMPTY, at(1, 50));
  written[1]?.succeed();
  written[2]?.succeed();
  await moment();
  expect([durable, commits]).toEqual([['1:50'], ['1:50']]);
  written[0]?.succeed();
  await moment();
  expect(durable).toEqual(['1:50', '0:100', '0:200']);
  expect(commits.at(-1)).toBe('0:200');
});

it('tries a write that failed again, and commits nothing behind it before it has succeeded', async () => {
  const { writes, written, commits } = underTest();
  writes.take(EMPTY, at(0, 100));
  writes.take(EMPTY, at(0, 200));
  written[0]?.fail();
  written[1]?.succeed();
  await expect.poll(() => written.length).toBe(3);
  expect(commits).toEqual([]);
  written[2]?.succeed();
  await expect.poll(() => commits.at(-1)).toBe('0:200');
});

it('does not commit what was taken before the group gave out its partitions anew, and commits nothing ahead of it', async () => {
  const { writes, written, commits } = underTest();
  writes.take(EMPTY, at(0, 100));
  writes.rejoined();
  writes.take(EMPTY, at(0, 200));
  written[1]?.succeed();
  await moment();
  expect(commits).toEqual([]);
  written[0]?.succeed();
  await moment();
  expect(commits).toEqual(['0:200']);
});

it('takes no more once it holds enough, accepted or rejected, until something is durable', async () => {
  const { writes, written } = underTest();
  const builder = new BatchBuilder('kafka', { maxEventBytes: 1_000 });
  const origin = { source: 'kafka', place: 't/0/', receivedAt: 0, versionAt: 0, turn: 0 };
  const malformed = Buffer.from('x'.repeat(900));
  for (let sequence = 0; sequence < 10_000; sequence += 1) builder.addBytes(malformed, origin, sequence);
  const large: DecodedBatch = builder.take();
  writes.take(large, at(0, 100));
  expect(writes.hasRoom()).toBe(false);
  const released = writes.released(60_000);
  written[0]?.succeed();
  await released;
  expect(writes.hasRoom()).toBe(true);
});

it('ends with everything that is durable committed, and gives back what could not be written', async () => {
  const { writes, written, commits } = underTest();
  writes.take(EMPTY, at(0, 100));
  writes.take(EMPTY, at(0, 200));
  const ended = writes.end();
  written[0]?.succeed();
  written[1]?.fail();
  await ended;
  expect([written.length, commits]).toEqual([2, ['0:100']]);
});

it('commits behind what nobody takes, and not before what was taken ahead of it is durable', async () => {
  const { writes, written, commits } = underTest();
  writes.pass(at(1, 5));
  writes.take(EMPTY, at(0, 100));
  writes.pass(at(0, 103));
  await moment();
  expect(commits).toEqual(['1:5']);
  written[0]?.succeed();
  await moment();
  expect(commits.at(-1)).toBe('0:103');
});
