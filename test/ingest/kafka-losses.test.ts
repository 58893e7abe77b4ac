import { expect, it } from 'vitest';
import { UnreadLosses } from '../../src/ingest/kafka-losses.js';
import type { PartitionOffsets } from '../../src/ingest/kafka-offsets.js';

const at = (low: number, high: number, committed: number | null): PartitionOffsets[] => [
  { topic: 't', partition: 0, low, high, committed },
];

it('takes a gap for a loss as far as the partition now begins behind it', () => {
  const losses = new UnreadLosses();
  expect(losses.found(at(0, 100, 10))).toEqual([]);
  losses.read('t', 0, 10, 20);
  losses.read('t', 0, 50, 60);
  expect(losses.found(at(45, 100, 20))).toEqual([{ topic: 't', partition: 0, first: 20, last: 44 }]);
  // Said once.
  expect(losses.found(at(45, 100, 60))).toEqual([]);
});

it('does not take what compaction and transactions leave out for lost', () => {
  const losses = new UnreadLosses();
  losses.found(at(0, 100, 10));
  losses.read('t', 0, 30, 40);
  expect(losses.found(at(0, 100, 40))).toEqual([]);
  // Nor what was deleted after it had been read.
  expect(losses.found(at(35, 100, 40))).toEqual([]);
});

it('misses nothing in a partition that was never read, or that others have read on', () => {
  const losses = new UnreadLosses();
  losses.found(at(70, 100, null));
  losses.read('t', 0, 70, 80);
  expect(losses.found(at(70, 100, 80))).toEqual([]);
  losses.found(at(95, 200, 150));
  losses.read('t', 0, 150, 160);
  expect(losses.found(at(150, 200, 160))).toEqual([]);
});

it('begins again with a topic that was made anew', () => {
  const losses = new UnreadLosses();
  losses.found(at(0, 1_000, 1_000));
  losses.read('t', 0, 0, 10);
  losses.read('t', 0, 10, 20);
  expect(losses.found(at(0, 20, 20))).toEqual([]);
});
