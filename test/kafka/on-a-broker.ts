import { Kafka, logLevel, type Producer } from 'kafkajs';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { type Broker, brokerRequirements, startBroker } from '../../scripts/kafka-broker.js';
import type { EventSink } from '../../src/ingest/contract.js';
import type { DecodeLimits } from '../../src/ingest/decode.js';
import type { Loss } from '../../src/ingest/kafka-losses.js';
import { type KafkaSettings, KafkaSource } from '../../src/ingest/kafka-source.js';
import { wallClock } from '../../src/model/clock.js';

const requirements = brokerRequirements();
/** Where Kafka is wanted, a machine without Java fails. */
const wanted = process.env.REDRESS_REQUIRE_KAFKA === '1';
const isLeftOut = requirements !== 'ready' && !wanted;

/** A real broker for the tests of a file, and what they do with it. */
export class OnABroker {
  broker: Broker = { address: '', ended: Promise.resolve(), stop: async () => {} };
  producer!: Producer;
  kafka!: Kafka;
  /** What sources have said to be lost. */
  readonly losses: Loss[] = [];
  readonly #started: KafkaSource[] = [];

  async open(properties: readonly string[]): Promise<void> {
    this.broker = await startBroker({ properties });
    this.kafka = new Kafka({
      clientId: 'test',
      brokers: [this.broker.address],
      logLevel: logLevel.NOTHING,
    });
    this.producer = this.kafka.producer();
    await this.producer.connect();
  }

  async close(): Promise<void> {
    await Promise.all(this.#started.map((source) => source.stop()));
    await this.producer?.disconnect();
    await this.broker.stop();
  }

  /** A new topic for each test, because groups and offsets outlive a test. */
  async newTopic(partitions = 2, config: Record<string, string> = {}, topic = newName()): Promise<string> {
    const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
    await this.asAdmin((admin) =>
      admin.createTopics({
        topics: [{ topic, numPartitions: partitions, configEntries }],
        waitForLeaders: true,
      }),
    );
    return topic;
  }

  async asAdmin<T>(work: (admin: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      return await work(admin);
    } finally {
      await admin.disconnect();
    }
  }

  /** What the group has committed in each partition; minus one where it has not. */
  async committed(topic: string, groupId = topic): Promise<number[]> {
    const [offsets] = await this.asAdmin((admin) => admin.fetchOffsets({ groupId, topics: [topic] }));
    return (offsets?.partitions ?? []).map((partition) => Number(partition.offset));
  }

  /** A source that reads one topic in a group of the same name. */
  source(
    topic: string,
    sink: EventSink,
    more: Partial<KafkaSettings> = {},
    limits: DecodeLimits = { maxEventBytes: 10_000 },
  ): KafkaSource {
    const made = new KafkaSource(
      {
        sink,
        clock: wallClock,
        logger: pino({ level: 'silent' }),
        limits,
        onLoss: (loss) => this.losses.push(loss),
      },
      { brokers: [this.broker.address], groupId: topic, topics: [topic], ...more },
    );
    this.#started.push(made);
    return made;
  }

  /** Sends values, all of them to one partition where one is named. */
  async send(
    topic: string,
    values: readonly (string | Buffer | null)[],
    to: { key?: string; partition?: number } = {},
  ): Promise<void> {
    await this.producer.send({ topic, messages: values.map((value) => ({ value, ...to })) });
  }
}

/** The tests of a file that want a real broker; left out, and said so, where there is no Java. */
export function describeKafka(body: (on: OnABroker) => void, properties: readonly string[] = []): void {
  if (isLeftOut)
    process.stderr.write(
      `\nLEFT OUT: the tests with a real Kafka (${requirements}): they want Java 11 or later\n\n`,
    );
  describe.skipIf(isLeftOut)(`Kafka (${requirements})`, () => {
    const on = new OnABroker();
    beforeAll(async () => {
      expect(requirements).toBe('ready');
      await on.open(properties);
    }, 180_000);
    afterAll(() => on.close());
    body(on);
  });
}

export const newName = (): string => `events-${Math.random().toString(36).slice(2)}`;

export const event = (id: string, more: object = {}): string =>
  JSON.stringify({ event_id: id, type: 'order.placed', occurred_at: Date.now(), ...more });

/** The ids of events from one number up to another. */
const ids = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => `e${from + index}`);

export const events = (from: number, to: number): string[] => ids(from, to).map((id) => event(id));
