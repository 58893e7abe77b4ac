import { expect, it } from 'vitest';
import { MemorySink } from '../ingest/memory-sink.js';
import { describeKafka, event, events } from './on-a-broker.js';

/** Compaction that does not wait for a quarter of a minute. */
const EAGER_COMPACTION = ['log.cleaner.backoff.ms=200'];

describeKafka((on) => {
  it('reads several topics, packed in every way, with a schema registry’s prefix or without', async () => {
    const packings = ['uncompressed', 'gzip', 'snappy', 'lz4', 'zstd'];
    const topics = packings.map((packing) => `${packing}-${Date.now()}`);
    // The broker packs by itself, as a Java producer would have done.
    for (const [index, topic] of topics.entries())
      await on.newTopic(1, { 'compression.type': packings[index] ?? '' }, topic);
    const prefix = Buffer.from([0, 0, 0, 0, 7]);
    for (const topic of topics)
      await on.send(topic, [
        ...Array.from({ length: 2_000 }, (_, index) =>
          event(`${topic}-${index}`, { text: `text ${index * 7}` }),
        ),
        Buffer.concat([prefix, Buffer.from(event(`${topic}-registered`))]),
        Buffer.concat([prefix, Buffer.from('nonsense')]),
      ]);
    const sink = new MemorySink();
    const reading = on.source(topics[0] ?? '', sink, { topics });
    await reading.start();
    await expect.poll(() => sink.events.size, { timeout: 20_000 }).toBe(5 * 2_001);
    for (const topic of topics) expect(sink.events.has(`${topic}-registered`)).toBe(true);
    expect([...sink.rejected.values()].map(({ raw, reason }) => [raw, reason])).toEqual(
      topics.map(() => ['nonsense', 'malformed_json']),
    );
    await reading.stop();
  });

  it('takes a message of 5 MB where the configuration lets it, and keeps one that is too large as rejected', async () => {
    const topic = await on.newTopic(1, { 'max.message.bytes': '10000000' });
    const large = event('large').replace('{', `{${' '.repeat(5_000_000)}`);
    await on.send(topic, [event('before'), large, event('after')]);
    const careful = new MemorySink();
    const short = on.source(topic, careful);
    await short.start();
    await expect.poll(() => [...careful.events.keys()], { timeout: 20_000 }).toEqual(['before', 'after']);
    expect([...careful.rejected.values()].map(({ reason }) => reason)).toEqual(['too_large']);
    await short.stop();
    const sink = new MemorySink();
    const roomy = on.source(topic, sink, { groupId: `${topic}-roomy` }, { maxEventBytes: 6_000_000 });
    await roomy.start();
    await expect.poll(() => sink.events.size, { timeout: 20_000 }).toBe(3);
    expect(sink.rejected.size).toBe(0);
    await roomy.stop();
  }, 60_000);

  it('reads what transactions commit and nothing that they abort, and comes to the end behind their marks', async () => {
    const topic = await on.newTopic(1);
    const sink = new MemorySink();
    const reading = on.source(topic, sink);
    await reading.start();
    const writer = on.kafka.producer({ transactionalId: topic, idempotent: true, maxInFlightRequests: 1 });
    await writer.connect();
    const within = async (ids: readonly string[]) => {
      const transaction = await writer.transaction();
      await transaction.send({ topic, messages: ids.map((id) => ({ value: event(id) })) });
      return transaction;
    };
    await (await within(['kept-1', 'kept-2'])).commit();
    await (await within(['aborted-1'])).abort();
    await (await within(['kept-3'])).commit();
    await expect
      .poll(() => [...sink.events.keys()], { timeout: 20_000 })
      .toEqual(['kept-1', 'kept-2', 'kept-3']);
    // The last thing in the partition is of a transaction that nobody will ever see.
    await (await within(['aborted-2', 'aborted-3'])).abort();
    await writer.disconnect();
    const end = 2 + 1 + 1 + 1 + 1 + 1 + 2 + 1;
    await expect.poll(() => on.committed(topic), { timeout: 20_000 }).toEqual([end]);
    await expect
      .poll(() => reading.partitionLags(), { timeout: 20_000 })
      .toEqual([{ topic, partition: 0, lag: 0 }]);
    expect(sink.rejected.size).toBe(0);
    await reading.stop();
  }, 60_000);

  it('reads a compacted topic to its end, and does not take what compaction left out for lost', async () => {
    const topic = await on.newTopic(1, {
      'cleanup.policy': 'compact',
      'segment.ms': '100',
      'min.cleanable.dirty.ratio': '0.01',
    });
    const firstSeen = async () => {
      const peek = on.kafka.consumer({ groupId: `${topic}-${Math.random()}` });
      await peek.connect();
      await peek.subscribe({ topic, fromBeginning: true });
      const first = await new Promise<number>((done) => {
        void peek.run({ eachMessage: async ({ message }) => done(Number(message.offset)) });
      });
      await peek.disconnect();
      return first;
    };
    // One key, of which compaction leaves the last.
    for (const values of [events(0, 50), events(50, 100)]) await on.send(topic, values, { key: 'one' });
    await on.send(topic, [null], { key: 'gone' });
    await expect
      .poll(
        async () => {
          // A segment is closed, and can be compacted, when the next message comes.
          await on.send(topic, [event('later')], { key: 'two' });
          return firstSeen();
        },
        { timeout: 60_000, interval: 500 },
      )
      .toBe(99);
    const sink = new MemorySink();
    const reading = on.source(topic, sink);
    await reading.start();
    await expect.poll(() => [...sink.events.keys()], { timeout: 20_000 }).toEqual(['e99', 'later']);
    await expect
      .poll(() => reading.partitionLags(), { timeout: 20_000 })
      .toEqual([{ topic, partition: 0, lag: 0 }]);
    // A tombstone says that a key is gone; it is no event, and kept as what it is.
    expect([...sink.rejected.values()].map(({ reason, detail }) => [reason, detail])).toEqual([
      ['not_an_object', 'the message has no value'],
    ]);
    expect(on.losses).toEqual([]);
    await reading.stop();
  }, 120_000);
}, EAGER_COMPACTION);
