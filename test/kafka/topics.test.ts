import { expect, it } from 'vitest';
import { MemorySink } from '../ingest/memory-sink.js';
import { describeKafka, event, events, newName } from './on-a-broker.js';

describeKafka((on) => {
  it('begins where it is told to in a topic that its group has not read, and only there', async () => {
    const topic = await on.newTopic(3);
    const at = (minute: number) => Date.UTC(2026, 4, 1, 0, minute);
    const sendAt = (partition: number, minutes: readonly number[]) =>
      on.producer.send({
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
    const begins = on.source(topic, first, { from: at(15) });
    await begins.start();
    await expect.poll(() => [...first.events.keys()].sort(), { timeout: 20_000 }).toEqual(['p0-20', 'p0-30']);
    await begins.stop();

    // The beginning was decided once, so that what came meanwhile counts, whatever its time.
    await sendAt(0, [1]);
    await sendAt(2, [5, 40]);
    const second = new MemorySink();
    const goesOn = on.source(topic, second, { from: at(15) });
    await goesOn.start();
    await expect
      .poll(() => [...second.events.keys()].sort(), { timeout: 20_000 })
      .toEqual(['p0-1', 'p2-40', 'p2-5']);
    await goesOn.stop();

    const third = new MemorySink();
    const latest = on.source(topic, third, { from: 'latest', groupId: `${topic}-latest` });
    await latest.start();
    await expect.poll(() => latest.state(), { timeout: 20_000 }).toBe('reading');
    await sendAt(0, [2]);
    await expect.poll(() => [...third.events.keys()], { timeout: 20_000 }).toEqual(['p0-2']);
    await latest.stop();
  }, 90_000);

  it('waits for a topic that is not there yet, and reads all of it', async () => {
    const topic = `late-${Date.now()}`;
    const sink = new MemorySink();
    const reading = on.source(topic, sink, { from: 'latest' });
    const opening = reading.start();
    await expect.poll(() => reading.failure(), { timeout: 20_000 }).toBe(`Kafka has no topic ${topic}`);
    await on.send(topic, [event('e1')]);
    await opening;
    await expect.poll(() => sink.events.size, { timeout: 20_000 }).toBe(1);
    await reading.stop();
  });

  it('begins at the end once, and misses nothing of what comes while it is away or the group changes', async () => {
    const topic = await on.newTopic(2);
    await on.send(topic, events(0, 20));
    const from = 'latest' as const;
    const first = on.source(topic, new MemorySink(), { from });
    await first.start();
    expect((await on.committed(topic)).reduce((sum, offset) => sum + offset, 0)).toBe(20);
    await first.stop();
    // Nothing came to it yet, and so nothing was ever read.
    await on.send(topic, events(20, 30));
    const sinks = [new MemorySink(), new MemorySink()] as const;
    const [second, third] = [on.source(topic, sinks[0], { from }), on.source(topic, sinks[1], { from })];
    await second.start();
    await third.start();
    await on.send(topic, events(30, 40));
    const seen = () => [...new Set([...sinks[0].events.keys(), ...sinks[1].events.keys()])].sort();
    await expect
      .poll(seen, { timeout: 20_000 })
      .toEqual(Array.from({ length: 20 }, (_, index) => `e${20 + index}`));
    await Promise.all([second.stop(), third.stop()]);
  }, 90_000);

  it('reads the other topics while one does not exist, says which, and reads that one when it comes', async () => {
    const there = await on.newTopic(1);
    const late = newName();
    await on.send(there, [event('there')]);
    const sink = new MemorySink();
    const reading = on.source(there, sink, { topics: [there, late], from: Date.now() - 60_000 });
    await reading.start();
    await expect.poll(() => [...sink.events.keys()], { timeout: 20_000 }).toEqual(['there']);
    expect([reading.state(), reading.failure()]).toEqual(['waiting_for_topic', `Kafka has no topic ${late}`]);
    // What will come in the other is not there yet, so that nothing may count as complete.
    await reading.measureLag();
    expect(reading.progress()).toMatchObject({ lag: 1, frontier: 0 });
    await on.newTopic(1, {}, late);
    await on.send(late, [event('late')]);
    await expect.poll(() => [...sink.events.keys()], { timeout: 30_000 }).toEqual(['there', 'late']);
    await expect
      .poll(() => [reading.state(), reading.failure()], { timeout: 20_000 })
      .toEqual(['reading', '']);
    await expect.poll(() => reading.progress().lag, { timeout: 20_000 }).toBe(0);
    await reading.stop();
  }, 90_000);

  it('goes on with the others when a topic is deleted, and reads it from its beginning when it is made anew', async () => {
    const [kept, doomed] = [await on.newTopic(1), await on.newTopic(1)];
    const sink = new MemorySink();
    await on.send(doomed, events(0, 10));
    const reading = on.source(kept, sink, { topics: [kept, doomed] });
    await reading.start();
    await expect.poll(() => on.committed(doomed, kept), { timeout: 20_000 }).toEqual([10]);
    await on.asAdmin((admin) => admin.deleteTopics({ topics: [doomed] }));
    await expect.poll(() => reading.failure(), { timeout: 60_000 }).toBe(`Kafka has no topic ${doomed}`);
    await on.send(kept, [event('kept')]);
    await expect.poll(() => sink.events.has('kept'), { timeout: 60_000 }).toBe(true);
    await on.newTopic(1, {}, doomed);
    await on.send(doomed, [event('anew')]);
    await expect.poll(() => sink.events.has('anew'), { timeout: 60_000 }).toBe(true);
    await expect.poll(() => reading.progress().lag, { timeout: 20_000 }).toBe(0);
    await reading.stop();
  }, 240_000);

  it('takes partitions that are added while it reads, from their first message', async () => {
    const topic = await on.newTopic(1);
    const sink = new MemorySink();
    const reading = on.source(topic, sink, { from: 'latest' });
    await reading.start();
    await on.asAdmin((admin) => admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] }));
    for (const partition of [1, 2])
      await expect
        .poll(() => on.send(topic, [event(`p${partition}`)], { partition }).then(() => 'sent'), {
          timeout: 20_000,
        })
        .toBe('sent');
    await expect.poll(() => [...sink.events.keys()].sort(), { timeout: 40_000 }).toEqual(['p1', 'p2']);
    await expect
      .poll(
        () =>
          reading
            .partitionLags()
            .map(({ partition, lag }) => [partition, lag])
            .sort(),
        { timeout: 20_000 },
      )
      .toEqual([
        [0, 0],
        [1, 0],
        [2, 0],
      ]);
    await reading.stop();
  }, 90_000);

  it.each(['earliest', 'latest'] as const)(
    'says what retention deleted before it was read, and goes on with the first that is there (%s)',
    async (from) => {
      const topic = await on.newTopic(1);
      const first = on.source(topic, new MemorySink(), { from });
      await first.start();
      await on.send(topic, events(0, 10));
      await expect.poll(() => on.committed(topic), { timeout: 20_000 }).toEqual([10]);
      await first.stop();
      await on.send(topic, events(10, 30));
      await on.asAdmin(async (admin) => {
        // Without having asked for it, kafkajs does not know where the topic is.
        await admin.fetchTopicOffsets(topic);
        await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '25' }] });
      });
      const sink = new MemorySink();
      const reading = on.source(topic, sink, { from });
      await reading.start();
      await expect
        .poll(() => [...sink.events.keys()], { timeout: 20_000 })
        .toEqual(['e25', 'e26', 'e27', 'e28', 'e29']);
      await expect
        .poll(() => on.losses.filter((loss) => loss.topic === topic), { timeout: 20_000 })
        .toEqual([{ topic, partition: 0, first: 10, last: 24 }]);
      await expect.poll(() => on.committed(topic), { timeout: 20_000 }).toEqual([30]);
      await reading.stop();
    },
    60_000,
  );
});
