import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { expect, it } from 'vitest';
import { startBroker } from '../../scripts/kafka-broker.js';
import { run } from '../../src/cli/program.js';
import { MemorySink } from '../ingest/memory-sink.js';
import { describeKafka, event, events } from './on-a-broker.js';

describeKafka((on) => {
  it('counts duplicates once, lets the later of two contents win and keeps what cannot be read', async () => {
    const topic = await on.newTopic();
    const sink = new MemorySink();
    await on.send(topic, events(0, 500));
    await on.send(topic, events(0, 500));
    await on.send(topic, [event('changed', { amount: '1.00' })], { key: 'changed' });
    await on.send(topic, [event('changed', { amount: '2.00' })], { key: 'changed' });
    await on.send(
      topic,
      ['{"event_id":', Buffer.from([0xff, 0xfe]), `"${'x'.repeat(20_000)}"`, null, event('')],
      { key: 'bad' },
    );
    const reading = on.source(topic, sink);
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
    expect((await on.committed(topic)).reduce((sum, offset) => sum + Math.max(offset, 0), 0)).toBe(1_007);
  });

  it('takes what is simulated into it, each event once', async () => {
    const topic = await on.newTopic();
    const sink = new MemorySink();
    const said: string[] = [];
    const args = ['--days', '1', '--orders', '200', '--rate', '100000'];
    const to = `kafka://${on.broker.address}/${topic}`;
    const io = { out: () => {}, err: (text: string) => said.push(text) };
    expect(await run(['simulate', ...args, '--to', to], io)).toBe(0);
    const sent = Number(/^(\d+) events sent/.exec(said.at(-1) ?? '')?.[1]);
    expect(sent).toBeGreaterThan(300);
    const reading = on.source(topic, sink);
    await reading.start();
    await expect.poll(() => sink.events.size, { timeout: 20_000 }).toBe(sent);
    expect(sink.rejected.size).toBe(0);
    await reading.stop();
  });

  it('waits for a store that is away, and commits nothing until the events are written', async () => {
    const topic = await on.newTopic(1);
    const sink = new MemorySink();
    sink.away = true;
    await on.send(topic, events(0, 100));
    const reading = on.source(topic, sink);
    await reading.start();
    await expect.poll(() => sink.failures, { timeout: 20_000 }).toBeGreaterThanOrEqual(2);
    expect(reading.state()).toBe('waiting_for_store');
    expect(reading.failure()).toBe('the store is away');
    expect(reading.progress().lag).toBeGreaterThan(0);
    expect(await on.committed(topic)).toEqual([-1]);

    await on.send(topic, events(100, 200));
    sink.away = false;
    await expect.poll(() => sink.events.size, { timeout: 20_000 }).toBe(200);
    await expect.poll(() => on.committed(topic), { timeout: 20_000 }).toEqual([200]);
    expect(reading.state()).toBe('reading');
    await reading.stop();
  });

  it('gives the events of one who died before the write to the next', async () => {
    const topic = await on.newTopic(1);
    const doomed = new MemorySink();
    doomed.away = true;
    await on.send(topic, events(0, 100));
    const first = on.source(topic, doomed);
    await first.start();
    await expect.poll(() => doomed.failures, { timeout: 20_000 }).toBeGreaterThanOrEqual(1);
    await first.stop();
    expect(doomed.events.size).toBe(0);
    expect(await on.committed(topic)).toEqual([-1]);

    const sink = new MemorySink();
    const second = on.source(topic, sink);
    await second.start();
    await expect.poll(() => sink.events.size, { timeout: 20_000 }).toBe(100);
    await second.stop();
  });

  it('shares its partitions with one who joins, takes them over when that one leaves, and loses nothing', async () => {
    const topic = await on.newTopic(4);
    const sinks = [new MemorySink(), new MemorySink()] as const;
    const seen = () => new Set([...sinks[0].events.keys(), ...sinks[1].events.keys()]).size;
    const first = on.source(topic, sinks[0]);
    const second = on.source(topic, sinks[1]);
    await first.start();
    for (let sent = 0; sent < 400; sent += 20) {
      await on.send(topic, events(sent, sent + 20));
      if (sent === 100) await second.start();
      if (sent === 300) await first.stop();
      await new Promise((done) => setTimeout(done, 100));
    }
    await expect.poll(seen, { timeout: 30_000 }).toBe(400);
    expect(sinks[1].events.size).toBeGreaterThan(0);
    await second.stop();

    // Back again after a stop: it goes on behind the last commit, and reads nothing twice.
    const later = new MemorySink();
    const third = on.source(topic, later);
    await third.start();
    await on.send(topic, [event('after')], { key: 'after' });
    await expect.poll(() => [...later.events.keys()], { timeout: 30_000 }).toEqual(['after']);
    await third.stop();
  }, 90_000);

  it('says for each partition what waits in it', async () => {
    const topic = await on.newTopic(3);
    const sink = new MemorySink();
    sink.away = true;
    await on.producer.send({
      topic,
      messages: [0, 0, 0, 2].map((partition, index) => ({ partition, value: event(`e${index}`) })),
    });
    const reading = on.source(topic, sink);
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

  it('goes on after the broker was away, and does not call the source read to its end meanwhile', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'redress-kafka-test-'));
    let passing = await startBroker({ dir });
    const brokers = [passing.address];
    const outside = new Kafka({ clientId: 'test', brokers, logLevel: logLevel.NOTHING });
    const sink = new MemorySink();
    const reading = on.source('passing', sink, { brokers });
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
