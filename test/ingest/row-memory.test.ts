import { expect, it } from 'vitest';
import { BatchBuilder } from '../../src/ingest/batch.js';
import { RowMemory } from '../../src/ingest/row-memory.js';
import { writeUntilDurable } from '../../src/ingest/write-until-durable.js';
import { RedressError } from '../../src/model/errors.js';
import { unpacked } from '../support/packed-events.js';

const MEBIBYTE = 1 << 20;
const ORIGIN = { source: 'kafka', place: 't/0/', receivedAt: Date.UTC(2026, 0, 1), versionAt: 0, turn: 0 };
const LIMITS = { maxEventBytes: 1_000 };

function batchIn(memory: RowMemory, eventId: string) {
  const builder = new BatchBuilder('kafka', LIMITS, { memory, expected: MEBIBYTE });
  const event = { event_id: eventId, type: 'order.placed', occurred_at: '2000-01-01T00:00:00Z' };
  builder.addBytes(Buffer.from(JSON.stringify(event)), ORIGIN, 1);
  return builder.take();
}

const memoryOf = (batch: ReturnType<typeof batchIn>) => batch.accepted.rows[0]?.buffer;
const idsOf = (batch: ReturnType<typeof batchIn>) =>
  unpacked(Buffer.concat(batch.accepted.rows)).map(({ event }) => event.eventId);

it('serves the next batch once its rows are durable, and not before', async () => {
  const memory = new RowMemory(8 * MEBIBYTE);
  const first = batchIn(memory, 'first');
  let succeed = () => {};
  const write = () => new Promise<void>((done) => (succeed = done));
  const written = writeUntilDurable(first, { sink: { write }, memory, again: () => false });
  const meanwhile = batchIn(memory, 'meanwhile');
  expect(memoryOf(meanwhile)).not.toBe(memoryOf(first));
  expect(idsOf(first)).toEqual(['first']);
  succeed();
  await written;
  const next = batchIn(memory, 'next');
  expect(memoryOf(next)).toBe(memoryOf(first));
  expect([idsOf(meanwhile), idsOf(next)]).toEqual([['meanwhile'], ['next']]);
});

it('is left alone after a write that failed, which may still be reading it', async () => {
  const memory = new RowMemory(8 * MEBIBYTE);
  const batch = batchIn(memory, 'again');
  let tries = 0;
  const write = async () => {
    tries += 1;
    if (tries === 1) throw new RedressError('store_unavailable', 'away', { retryable: true });
  };
  await writeUntilDurable(batch, { sink: { write }, memory, again: () => tries < 2 });
  expect(tries).toBe(2);
  expect(memoryOf(batchIn(memory, 'next'))).not.toBe(memoryOf(batch));
});

it('is kept up to its bound, and no small piece of it', () => {
  const memory = new RowMemory(2 * MEBIBYTE);
  const taken = [MEBIBYTE, MEBIBYTE, MEBIBYTE, 1_000].map((bytes) => memory.take(bytes));
  memory.give(taken);
  const again = [MEBIBYTE, MEBIBYTE, MEBIBYTE, 1_000].map((bytes) => memory.take(bytes).buffer);
  const kept = again.map((buffer) => taken.some((before) => before.buffer === buffer));
  expect(kept).toEqual([true, true, false, false]);
});
