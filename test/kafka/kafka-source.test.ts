import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel, type Producer } from 'kafkajs';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Broker, brokerRequirements, startBroker } from '../../scripts/kafka-broker.js';
import { run } from '../../src/cli/program.js';
import type { EventSink } from '../../src/ingest/contract.js';
import { type KafkaSettings, KafkaSource } from '../../src/ingest/kafka-source.js';
import { wallClock } from '../../src/model/clock.js';
import { MemorySink } from '../ingest/memory-sink.js';

const requirements = brokerRequirements();
const wanted = process.env.REDRESS_REQUIRE_KAFKA === '1';
if (requirements !== 'ready' && !wanted)
  process.stderr.write(
    `\nLEFT OUT: the tests with a real Kafka (${requirements}): they want Java 11 or later\n\n`,
  );

describe.skipIf(requirements !== 'ready' && !wanted)(`Kafka (${requirements})`, () => {
  let broker: Broker;
  let kafka: Kafka;
  let producer: Producer;
  const started: KafkaSource[] = [];

  beforeAll(async () => {
    // Only where the tests must run is this reached without what they need.
    expect(requirements).toBe('ready');
    broker = await startBroker();
    kafka = new Kafka({ clientId: 'test', brokers: [broker.address], logLevel: logLevel.NOTHING });
    producer = kafka.producer();
    await producer.connect();
  }, 180_000);

  afterAll(async () => {
    await Promise.all(started.map((source) => source.stop()));
    await producer?.disconnect();
    await broker?.stop();
  });

  /** A new topic for each test, because groups and offsets outlive a test. */
  async function newTopic(partitions = 2): Promise<string> {
    const admin = kafka.admin();
    await admin.connect();
    const topic = `events-${Math.random().toString(36).slice(2)}`;
    await admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: true });
    await admin.disconnect();
    return topic;
  }

  async function committed(topic: string): Promise<number[]> {
    const admin = kafka.admin();
    await admin.connect();
    const [offsets] = await admin.fetchOffsets({ groupId: topic, topics: [topic] });
    await admin.disconnect();
    return (offsets?.partitions ?? []).map((partition) => Number(partition.offset));
  }

  function source(topic: string, sink: EventSink, more: Partial<KafkaSettings> = {}): KafkaSource {
    const made = new KafkaSource(
      { sink, clock: wallClock, logger: pino({ level: 'silent' }), limits: { maxEventBytes: 10_000 } },
      { brokers: [broker.address], groupId: topic, topics: [topic], ...more },
    );
    started.push(made);
    return made;
  }

  const event = (id: string, more: object = {}) =>
    JSON.stringify({ event_id: id, type: 'order.placed', occurred_at: Date.now(), ...more });
  const ids = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => `e${from + index}`);
  const send = (topic: string, values: (string | Buffer | null)[], key?: string) =>
    producer.send({
      topic,
      messages: values.map((value) => ({ value, ...(key === undefined ? {} : { key }) })),
    });

  it('counts duplicates once, lets the later of two contents win and keeps what cannot be read', async () => {
    const topic = await newTopic();
    const sink = new MemorySink();
    await send(
      topic,
      ids(0, 500).map((id) => event(id)),
    );
    await send(
      topic,
      ids(0, 500).map((id) => event(id)),
    );
    await send(topic, [event('changed', { amount: '1.00' })], 'changed');
    await send(topic, [event('changed', { amount: '2.00' })], 'changed');
    await send(
      topic,
      ['{"event_id":', Buffer.from([0xff, 0xfe]), `"${'x'.repeat(20_000)}"`, null, event('')],
      'bad',
    );
    const reading = source(topic, sink);
    await reading.start();

    await expect.poll(() => sink.events.size + sink.rejected.size, { timeout: 20_000 }).toBe(501 + 5);
    expect(sink.events.get('changed')?.event.amount).toBe('2');
    expect([...sink.rejected.values()].map((rejected) => rejected.reason)).toEqual([
      'malformed_json',
      'invalid_utf8',
      'too_large',
      'not_an_object',
      'missing_field',
    ]);
    for (const position of sink.rejected.keys()) expect(position).toMatch(new RegExp(`^${topic}/[01]/\\d+$`));
    await expect.poll(() => reading.progress().lag, { timeout: 20_000 }).toBe(0);
    expect(reading.progress().frontier).toBe(
      Math.max(...[...sink.events.values()].map(({ event }) => event.occurredAt)),
    );
    await reading.stop();
    expect((await committed(topic)).reduce((sum, offset) => sum + Math.max(offset, 0), 0)).toBe(1_007);
  });

  it('takes what is simulated into it, each event once', async () => {
    const topic = await newTopic();
    const sink = new MemorySink();
    const said: string[] = [];
    const args = ['--days', '1', '--orders', '200', '--rate', '100000'];
    const to = `kafka://${broker.address}/${topic}`;
    const io = { out: () => {}, err: (text: string) => said.push(text) };
    expect(await run(['simulate', ...args, '--to', to], io)).toBe(0);
    const sent = Number(/^(\d+) events sent/.exec(said.at(-1) ?? '')?.[1]);
    expect(sent).toBeGreaterThan(300);
    const reading = source(topic, sink);
    await reading.start();
    await expect.poll(() => sink.events.size, { timeout: 20_000 }).toBe(sent);
    expect(sink.rejected.size).toBe(0);
    await reading.stop();
  });

  it('waits for a store that is away, and commits nothing until the events are written', async () => {
    const topic = await newTopic(1);
    const sink = new MemorySink();
    sink.away = true;
    await send(
      topic,
      ids(0, 100).map((id) => event(id)),
    );
    const reading = source(topic, sink);
    await reading.start();
    await expect.poll(() => sink.failures, { timeout: 20_000 }).toBeGreaterThanOrEqual(2);
    expect(reading.state()).toBe('waiting_for_store');
    expect(reading.failure()).toBe('the store is away');
    expect(reading.progress().lag).toBeGreaterThan(0);
    expect(await committed(topic)).toEqual([-1]);

    await send(
      topic,
      ids(100, 200).map((id) => event(id)),
    );
    sink.away = false;
    await expect.poll(() => sink.events.size, { timeout: 20_000 }).toBe(200);
    await expect.poll(() => committed(topic), { timeout: 20_000 }).toEqual([200]);
    expect(reading.state()).toBe('reading');
    await reading.stop();
  });

  it('gives the events of one who died before the write to the next', async () => {
    const topic = await newTopic(1);
    const doomed = new MemorySink();
    doomed.away = true;
    await send(
      topic,
      ids(0, 100).map((id) => event(id)),
    );
    const first = source(topic, doomed);
    await first.start();
    await expect.poll(() => doomed.failures, { timeout: 20_000 }).toBeGreaterThanOrEqual(1);
    await first.stop();
    expect(doomed.events.size).toBe(0);
    expect(await committed(topic)).toEqual([-1]);

    const sink = new MemorySink();
    const second = source(topic, sink);
    await second.start();
    await expect.poll(() => sink.events.size, { timeout: 20_000 }).toBe(100);
    await second.stop();
  });

  it('shares its partitions with one who joins, takes them over when that one leaves, and loses nothing', async () => {
    const topic = await newTopic(4);
    const sinks = [new MemorySink(), new MemorySink()] as const;
    const seen = () => new Set([...sinks[0].events.keys(), ...sinks[1].events.keys()]).size;
    const first = source(topic, sinks[0]);
    const second = source(topic, sinks[1]);
    await first.start();
    for (let sent = 0; sent < 400; sent += 20) {
      await send(
        topic,
        ids(sent, sent + 20).map((id) => event(id)),
      );
      if (sent === 100) await second.start();
      if (sent === 300) await first.stop();
      await new Promise((done) => setTimeout(done, 100));
    }
    await expect.poll(seen, { timeout: 30_000 }).toBe(400);
    expect(sinks[1].events.size).toBeGreaterThan(0);
    await second.stop();

    // Back again after a stop: it goes on behind the last commit, and reads nothing twice.
    const later = new MemorySink();
    const third = source(topic, later);
    await third.start();
    await send(topic, [event('after')], 'after');
    await expect.poll(() => [...later.events.keys()], { timeout: 30_000 }).toEqual(['after']);
    await third.stop();
  }, 90_000);

  it('reads several topics, packed in every way, with a schema registry’s prefix or without', async () => {
    const packings = ['uncompressed', 'gzip', 'snappy', 'lz4', 'zstd'];
    const topics = packings.map((packing) => `${packing}-${Date.now()}`);
    const admin = kafka.admin();
    await admin.connect();
    // The broker packs by itself, as a Java producer would have done.
    await admin.createTopics({
      topics: topics.map((topic, index) => ({
        topic,
        numPartitions: 1,
        configEntries: [{ name: 'compression.type', value: packings[index] ?? '' }],
      })),
      waitForLeaders: true,
    });
    await admin.disconnect();
    const prefix = Buffer.from([0, 0, 0, 0, 7]);
    for (const topic of topics)
      await send(topic, [
        ...Array.from({ length: 2_000 }, (_, index) =>
          event(`${topic}-${index}`, { text: `text ${index * 7}` }),
        ),
        Buffer.concat([prefix, Buffer.from(event(`${topic}-registered`))]),
        Buffer.concat([prefix, Buffer.from('nonsense')]),
      ]);
    const sink = new MemorySink();
    const reading = source(topics[0] ?? '', sink, { topics });
    await reading.start();
    await expect.poll(() => sink.events.size, { timeout: 20_000 }).toBe(5 * 2_001);
    for (const topic of topics) expect(sink.events.has(`${topic}-registered`)).toBe(true);
    expect([...sink.rejected.values()].map(({ raw, reason }) => [raw, reason])).toEqual(
      topics.map(() => ['nonsense', 'malformed_json']),
    );
    await reading.stop();
  });

  it('begins where it is told to in partitions that its group has not read, and only there', async () => {
    const topic = await newTopic(3);
    const at = (minute: number) => Date.UTC(2026, 4, 1, 0, minute);
    const sendAt = (partition: number, minutes: readonly number[]) =>
      producer.send({
        topic,
        messages: minutes.map((minute) => ({
          partition,
          timestamp: String(at(minute)),
          value: event(`p${partition}-${minute}`),
        })),
      });
    await sendAt(0, [0, 10, 20, 30]);
    await sendAt(1, [0, 10]);
    const first = new MemorySink();
    const begins = source(topic, first, { from: at(15) });
    await begins.start();
    await expect.poll(() => [...first.events.keys()].sort(), { timeout: 20_000 }).toEqual(['p0-20', 'p0-30']);
    await begins.stop();

    // Partition 0 has been read, so that what came to it meanwhile counts, whatever its time.
    await sendAt(0, [1]);
    await sendAt(2, [5, 40]);
    const second = new MemorySink();
    const goesOn = source(topic, second, { from: at(15) });
    await goesOn.start();
    await expect.poll(() => [...second.events.keys()].sort(), { timeout: 20_000 }).toEqual(['p0-1', 'p2-40']);
    await goesOn.stop();

    const third = new MemorySink();
    const latest = source(topic, third, { from: 'latest', groupId: `${topic}-latest` });
    await latest.start();
    await expect.poll(() => latest.state(), { timeout: 20_000 }).toBe('reading');
    // Where it begins is decided by its first fetch, which comes after it has joined.
    await new Promise((done) => setTimeout(done, 2_000));
    await sendAt(0, [2]);
    await expect.poll(() => [...third.events.keys()], { timeout: 20_000 }).toEqual(['p0-2']);
    await latest.stop();
  }, 90_000);

  it('says for each partition what waits in it', async () => {
    const topic = await newTopic(3);
    const sink = new MemorySink();
    sink.away = true;
    await producer.send({
      topic,
      messages: [0, 0, 0, 2].map((partition, index) => ({ partition, value: event(`e${index}`) })),
    });
    const reading = source(topic, sink);
    await reading.start();
    const lags = () =>
      reading
        .partitionLags()
        .map((it) => [it.partition, it.lag])
        .sort();
    expect(lags()).toEqual([
      [0, 3],
      [1, 0],
      [2, 1],
    ]);
    sink.away = false;
    await expect.poll(lags, { timeout: 20_000 }).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
    ]);
    await reading.stop();
  }, 60_000);

  it('waits for a topic that is not there yet', async () => {
    const topic = `late-${Date.now()}`;
    const sink = new MemorySink();
    const reading = source(topic, sink);
    const opening = reading.start();
    await expect.poll(() => reading.failure(), { timeout: 20_000 }).toBe(`Kafka has no topic ${topic}`);
    await send(topic, [event('e1')]);
    await opening;
    await expect.poll(() => sink.events.size, { timeout: 20_000 }).toBe(1);
    await reading.stop();
  });

  it('goes on after the broker was away, and does not call the source read to its end meanwhile', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'redress-kafka-test-'));
    let passing = await startBroker({ dir });
    const brokers = [passing.address];
    const outside = new Kafka({ clientId: 'test', brokers, logLevel: logLevel.NOTHING });
    const sink = new MemorySink();
    const reading = new KafkaSource(
      { sink, clock: wallClock, logger: pino({ level: 'silent' }), limits: { maxEventBytes: 10_000 } },
      { brokers, groupId: 'passing', topics: ['passing'] },
    );
    started.push(reading);
    const write = async (id: string) => {
      const writer = outside.producer();
      await writer.connect();
      await writer.send({ topic: 'passing', messages: [{ value: event(id) }] });
      await writer.disconnect();
    };
    await write('before');
    await reading.start();
    await expect
      .poll(() => reading.progress(), { timeout: 30_000 })
      .toMatchObject({
        frontier: expect.any(Number),
        lag: 0,
      });

    await passing.stop();
    await expect.poll(() => reading.progress().lag, { timeout: 30_000 }).toBeGreaterThan(0);
    await expect.poll(() => reading.state(), { timeout: 30_000 }).toBe('connecting');
    passing = await startBroker({ dir, port: Number(brokers[0]?.split(':')[1]) });
    await write('after');
    await expect.poll(() => [...sink.events.keys()], { timeout: 60_000 }).toEqual(['before', 'after']);
    await expect.poll(() => reading.progress().lag, { timeout: 30_000 }).toBe(0);
    expect([reading.state(), reading.failure()]).toEqual(['reading', '']);
    await reading.stop();
    await passing.stop();
    rmSync(dir, { recursive: true, force: true });
  }, 180_000);
});
