import { beforeEach, describe, expect, it } from 'vitest';
import { HttpIngest } from '../../src/ingest/http-ingest.js';
import { ProgressTracker } from '../../src/ingest/progress.js';
import { MemorySink } from './memory-sink.js';

const NOW = Date.UTC(2026, 4, 1);
const OCCURRED = NOW - 1_000;
const event = (id: string, more: object = {}) => ({
  event_id: id,
  type: 'order.placed',
  occurred_at: OCCURRED,
  ...more,
});
let sink: MemorySink;
let progress: ProgressTracker;
let ingest: HttpIngest;
beforeEach(() => {
  sink = new MemorySink();
  progress = new ProgressTracker('http');
  ingest = new HttpIngest({ sink, progress, limits: { maxEventBytes: 1_000 } });
});

const take = (body: string | Buffer, now = NOW) => ingest.take(Buffer.from(body), now);

describe('POST /v1/events', () => {
  it('takes NDJSON and answers for each line that it rejects', async () => {
    const body = `${JSON.stringify(event('a'))}\n\n{"event_id": "b"}\n${JSON.stringify(event('c', { text: 'x'.repeat(2_000) }))}\n${JSON.stringify(event('d'))}`;
    expect(await take(body)).toEqual({
      accepted: 2,
      rejected: [
        { line: 3, reason: 'missing_field', field: 'type', detail: expect.any(String) },
        { line: 4, reason: 'too_large', field: '', detail: expect.stringMatching(/at most 1000/) },
      ],
    });
    expect([...sink.events.keys()]).toEqual(['a', 'd']);
    expect([...sink.rejected.values()].map(({ raw }) => raw.slice(0, 17))).toEqual([
      '{"event_id": "b"}',
      '{"event_id":"c","',
    ]);
  });

  it('takes a JSON array, pretty-printed or with a byte order mark too', async () => {
    const body = `\ufeff\n ${JSON.stringify([event('a'), { ...event('b'), amount: {} }, 7], null, 2)}`;
    expect(await take(body)).toEqual({
      accepted: 1,
      rejected: [
        { line: 2, reason: 'wrong_type', field: 'amount', detail: expect.any(String) },
        { line: 3, reason: 'not_an_object', field: '', detail: expect.any(String) },
      ],
    });
  });

  it.each([
    ['[{"event_id": "a"}', 'malformed_json'],
    [Buffer.from([0x5b, 0xff, 0x5d]), 'invalid_utf8'],
  ])('rejects an array that cannot be read as one input: %s', async (body, reason) => {
    expect(await take(body)).toMatchObject({ accepted: 0, rejected: [{ line: 1, reason }] });
    expect(sink.rejected.size).toBe(1);
  });

  it('does not answer before everything is durable, and counts nothing that is not', async () => {
    sink.away = true;
    await expect(take(JSON.stringify(event('a')))).rejects.toMatchObject({
      code: 'store_unavailable',
      retryable: true,
    });
    expect(progress.progress().frontier).toBeNull();
    sink.away = false;
    await take(JSON.stringify(event('a')));
    expect(progress.progress()).toEqual({ source: 'http', frontier: OCCURRED, lastArrivalAt: NOW, lag: 0 });
  });

  it('lets the later request win, in the same millisecond and after the clock was set back', async () => {
    for (const [channel, now] of [
      ['first', NOW],
      ['second', NOW],
      ['third', NOW - 5_000],
    ] as const) {
      await take(JSON.stringify([event('x'), event('a', { channel })]), now);
      expect(sink.events.get('a')?.event.channel).toBe(channel);
    }
  });

  it('counts a request that is sent again once, its rejected lines too', async () => {
    const body = `${JSON.stringify(event('a'))}\n{"event_id": "b"}\nnot json\n`;
    const first = await take(body);
    expect(await take(body, NOW + 60_000)).toEqual(first);
    // By another instance, or after a restart.
    const other = new HttpIngest({ sink, progress, limits: { maxEventBytes: 1_000 } });
    expect(await other.take(Buffer.from(body), NOW + 120_000)).toEqual(first);
    expect([sink.events.size, sink.rejected.size]).toEqual([1, 2]);
    await take(`${body}{"event_id": "b"}\n`);
    expect(sink.rejected.size).toBe(5);
  });

  it('takes an earlier content again when it comes after another one', async () => {
    for (const channel of ['app', 'web', 'app']) {
      await take(JSON.stringify(event('a', { channel })));
      expect(sink.events.get('a')?.event.channel).toBe(channel);
    }
  });

  it('writes nothing for a body without a line', async () => {
    expect(await take(' \n')).toEqual({ accepted: 0, rejected: [] });
    expect(sink.writes).toBe(0);
  });
});
