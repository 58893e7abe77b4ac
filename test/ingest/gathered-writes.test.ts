import { expect, it } from 'vitest';
import { BatchBuilder } from '../../src/ingest/batch.js';
import { GatheredWrites } from '../../src/ingest/gathered-writes.js';
import type { PackedRows } from '../../src/store/event-rows.js';
import { unpacked } from '../support/packed-events.js';

const moment = () => new Promise((done) => setImmediate(done));

/** These events, and as many inputs that are none. */
function batchOf(...ids: string[]) {
  const builder = new BatchBuilder('kafka', { maxEventBytes: 1_000 });
  const origin = { source: 'kafka', place: 't/0/', receivedAt: 0, versionAt: 0, turn: 0 };
  for (const id of ids) {
    const event = { event_id: id, type: 'order.placed', occurred_at: '2000-01-01T00:00:00Z' };
    builder.addBytes(Buffer.from(JSON.stringify(event)), { ...origin, receivedAt: Date.UTC(2026, 0, 1) }, 1);
    builder.addBytes(Buffer.from(id), origin, 2);
  }
  return builder.take();
}

/** A sink whose writes end when the test says so. */
function heldSink() {
  const writes: { ids: string[]; rejected: number; end: (error?: Error) => void }[] = [];
  const write = ({ accepted, rejected }: { accepted: PackedRows; rejected: readonly unknown[] }) =>
    new Promise<void>((succeed, fail) => {
      const ids = unpacked(Buffer.concat(accepted.rows)).map(({ event }) => event.eventId);
      expect(accepted.count).toBe(ids.length);
      writes.push({
        ids,
        rejected: rejected.length,
        end: (error) => (error === undefined ? succeed() : fail(error)),
      });
    });
  return { writes, write };
}

it('writes at once, and together what came while it was writing', async () => {
  const sink = heldSink();
  const gathered = new GatheredWrites(sink);
  const first = gathered.write(batchOf('a'));
  const others = [gathered.write(batchOf('b')), gathered.write(batchOf('c', 'd'))];
  await moment();
  expect(sink.writes.map(({ ids }) => ids)).toEqual([['a']]);
  sink.writes[0]?.end();
  await first;
  await moment();
  expect(sink.writes.map(({ ids }) => ids)).toEqual([['a'], ['b', 'c', 'd']]);
  expect(sink.writes[1]?.rejected).toBe(3);
  sink.writes[1]?.end();
  await Promise.all(others);
});

it('begins a second write beside the first once enough has come to fill one', async () => {
  const sink = heldSink();
  const gathered = new GatheredWrites(sink);
  const large = { ...batchOf('b'), bytes: 16 << 20 };
  const all = [batchOf('a'), large, batchOf('c'), large].map((batch) => gathered.write(batch));
  await moment();
  expect(sink.writes.map(({ ids }) => ids)).toEqual([['a'], ['b']]);
  for (const written of sink.writes) written.end();
  await moment();
  expect(sink.writes.slice(2).map(({ ids }) => ids)).toEqual([['c', 'b']]);
  sink.writes[2]?.end();
  await Promise.all(all);
});

it('tells all callers of a write that failed, and nobody else', async () => {
  const sink = heldSink();
  const gathered = new GatheredWrites(sink);
  const told = (written: Promise<void>) =>
    written.then(
      () => 'durable',
      (error: Error) => error.message,
    );
  const first = told(gathered.write(batchOf('a')));
  const together = [told(gathered.write(batchOf('b'))), told(gathered.write(batchOf('c')))];
  await moment();
  sink.writes[0]?.end();
  await moment();
  sink.writes[1]?.end(new Error('no room'));
  const later = told(gathered.write(batchOf('b')));
  await moment();
  sink.writes[2]?.end();
  expect(await Promise.all([first, ...together, later])).toEqual([
    'durable',
    'no room',
    'no room',
    'durable',
  ]);
  expect(sink.writes[2]?.ids).toEqual(['b']);
});
