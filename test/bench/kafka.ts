import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { pino } from 'pino';
import { brokerRequirements, startBroker } from '../../scripts/kafka-broker.js';
import { GatheredWrites } from '../../src/ingest/gathered-writes.js';
import { KafkaSource } from '../../src/ingest/kafka-source.js';
import { wallClock } from '../../src/model/clock.js';
import { encodeEvent } from '../../src/model/event-json.js';
import { type EmbeddedEngine, startEngine } from '../../src/store/embedded/engine.js';
import { EventLog } from '../../src/store/event-log.js';
import type { Store } from '../../src/store/store.js';
import { type Figures, interleaved, print, printTable, ratio, whole } from './measure.js';
import { processorSeconds } from './process-figures.js';
import { inDatabase } from './scratch-database.js';
import { simulatedEvents } from './simulated-events.js';

const TOPIC = 'events';
const PARTITIONS = 8;
const DAYS = 30;
const REPETITIONS = 3;
const MESSAGES_AT_ONCE = 4_000;
/** How often it is asked whether all rows are there, ms: what either way may be measured too slow by. */
const ASKED_EVERY = 20;

let groups = 0;
/** A group of its own for each run, so that each reads the topic from its beginning. */
const newGroup = (): string => `bench-${process.pid}-${++groups}`;

/**
 * A topic of simulated events to durable rows: the way that the service goes, against two peers that are alone with
 * the same topic on the same broker. The loop is kafkajs with `eachBatch`, which parses each message as JSON and
 * forgets it. The engine's own `Kafka` table feeds a table of the same columns, order, partitions and settings by a
 * materialized view: it rejects no event, keeps no version and does not note where events are. All three are
 * measured from connecting to the last message; the topic is written before.
 */
export async function kafka(): Promise<void> {
  if (brokerRequirements() !== 'ready') {
    print('  left out: a Kafka wants Java 11 or later');
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'redress-bench-'));
  const engine = await startEngine({ folder: join(folder, 'store') });
  const broker = await startBroker();
  try {
    const events = await fillTopic(broker.address);
    print(`  ${whole(events)} events in ${PARTITIONS} partitions`);
    const { redress, loop, table } = await interleaved(
      [
        ['redress', () => throughRedress(engine, broker.address, events)],
        ['loop', () => parsingLoop(broker.address, events)],
        ['table', () => kafkaTable(engine, broker.address, events)],
      ],
      REPETITIONS,
    );
    const row = (name: string, figures: Figures) => [
      name,
      whole(events / (figures.seconds ?? 0)),
      ((figures.seconds ?? 0) / (redress.seconds ?? 0)).toFixed(2),
      (figures.node ?? 0).toFixed(2),
      (figures.engine ?? 0).toFixed(2),
    ];
    printTable([
      ['', 'events/s', 'time, redress = 1', 'Node, CPU s', 'engine, CPU s'],
      row('redress', redress),
      row('kafkajs and JSON.parse', loop),
      row("the engine's Kafka table", table),
    ]);
    const rate = (peer: Figures) => ratio((peer.seconds ?? 0) / (redress.seconds ?? 0));
    print(
      `  redress has ${rate(loop)} the rate of the loop, ${rate(table)} that of the engine's Kafka table`,
    );
  } finally {
    await broker.stop();
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fillTopic(broker: string): Promise<number> {
  const client = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING });
  const admin = client.admin();
  await admin.connect();
  await admin.createTopics({
    topics: [{ topic: TOPIC, numPartitions: PARTITIONS }],
    waitForLeaders: true,
  });
  await admin.disconnect();
  const producer = client.producer();
  await producer.connect();
  let count = 0;
  let messages: { key: string; value: string }[] = [];
  const flush = async () => {
    await producer.send({ topic: TOPIC, messages });
    messages = [];
  };
  for (const event of simulatedEvents(DAYS)) {
    count += 1;
    messages.push({ key: event.eventId, value: JSON.stringify(encodeEvent(event)) });
    if (messages.length === MESSAGES_AT_ONCE) await flush();
  }
  await flush();
  await producer.disconnect();
  return count;
}

async function throughRedress(engine: EmbeddedEngine, broker: string, events: number): Promise<Figures> {
  return inDatabase(engine, { table: 'events_log', rows: events }, async (store, after) => {
    const writes = new GatheredWrites(new EventLog(store));
    let written = 0;
    const source = new KafkaSource(
      {
        sink: {
          write: async (batch) => {
            await writes.write(batch);
            written += batch.accepted.count;
          },
        },
        clock: wallClock,
        logger: pino({ level: 'silent' }),
        limits: { maxEventBytes: 1 << 20 },
      },
      { brokers: [broker], groupId: newGroup(), topics: [TOPIC] },
    );
    await source.start();
    after(() => source.stop());
    while (written < events) await sleep(ASKED_EVERY);
  });
}

/** What no consumer in this language can be quicker than. */
async function parsingLoop(broker: string, events: number): Promise<Figures> {
  const at = performance.now();
  const node = processorSeconds(process.pid);
  const client = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING });
  const consumer = client.consumer({
    groupId: newGroup(),
    maxBytesPerPartition: 4 << 20,
    maxBytes: 16 << 20,
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [TOPIC], fromBeginning: true });
  let parsed = 0;
  await consumer.run({
    eachBatch: async ({ batch }) => {
      for (const { value } of batch.messages)
        if (JSON.parse(value?.toString() ?? '').event_id !== undefined) parsed += 1;
    },
  });
  while (parsed < events) await sleep(ASKED_EVERY);
  const figures = {
    seconds: (performance.now() - at) / 1_000,
    node: processorSeconds(process.pid) - node,
    engine: 0,
  };
  await consumer.disconnect();
  return figures;
}

async function kafkaTable(engine: EmbeddedEngine, broker: string, events: number): Promise<Figures> {
  const expected = { table: 'loaded', rows: events, before: 'CREATE TABLE loaded AS events_log' };
  return inDatabase(engine, expected, async (store, after) => {
    // The columns that come with the message; the others keep their defaults.
    await store.statement(
      `CREATE TABLE queue
       (
         event_id String, type String, occurred_at DateTime64(3, 'UTC'), order_id String, case_id String,
         merchant_id String, region String, category String, scenario String, channel String,
         amount Nullable(Decimal(38, 18)), currency String, origin_at Nullable(DateTime64(3, 'UTC')),
         started_at Nullable(DateTime64(3, 'UTC')), due_at Nullable(DateTime64(3, 'UTC')), outcome String, text String,
         attributes Map(String, String)
       )
       ENGINE = Kafka
       SETTINGS kafka_broker_list = '${broker}', kafka_topic_list = '${TOPIC}', kafka_group_name = '${newGroup()}',
         kafka_format = 'JSONEachRow', kafka_num_consumers = 2, kafka_thread_per_consumer = 1,
         kafka_max_block_size = 65536, kafka_flush_interval_ms = 500, date_time_input_format = 'best_effort'`,
    );
    await store.statement('CREATE MATERIALIZED VIEW feed TO loaded AS SELECT * FROM queue');
    after(() => store.statement('DROP TABLE feed').then(() => store.statement('DROP TABLE queue')));
    while ((await rowsOf(store, 'loaded')) < events) await sleep(ASKED_EVERY);
  });
}

async function rowsOf(store: Store, table: string): Promise<number> {
  for await (const [row] of store.rows<{ rows: number }>(`SELECT count() AS rows FROM ${table}`))
    return row?.rows ?? 0;
  return 0;
}
