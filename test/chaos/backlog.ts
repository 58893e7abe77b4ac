import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { startBroker } from '../../scripts/kafka-broker.js';
import { eventOf, jsonOf } from './stream.js';

const TOPIC = 'backlog';
const BATCH = 4_000;
/** What a larger backlog may take more than a smaller one: a process's memory is never the same twice. */
const TOLERANCE = 1.2;

/**
 * The most memory that a consumer takes while so much waits for it, and its store is away at the beginning; answers
 * whether it is the same for all.
 */
export async function runBacklog(
  sizes: readonly number[],
  awayMs: number,
  say: (line: string) => void,
): Promise<boolean> {
  const broker = await startBroker();
  try {
    const kafka = new Kafka({ brokers: [broker.address], logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 8 }], waitForLeaders: true });
    await admin.disconnect();
    const producer = kafka.producer();
    await producer.connect();
    const peaks: number[] = [];
    let sent = 0;
    for (const size of [...sizes].sort((a, b) => a - b)) {
      for (; sent < size; sent += BATCH) {
        const messages = Array.from({ length: BATCH }, (_, index) => {
          const event = eventOf(1, 10_000_000, sent + index, 0);
          return { key: event.eventId, value: jsonOf(event) };
        });
        await producer.send({ topic: TOPIC, messages });
      }
      const { peakBytes, awayBytes } = await read(broker.address, sent, awayMs);
      peaks.push(peakBytes);
      say(
        `${sent} messages waited: ${mebibytes(awayBytes)} after ${awayMs / 1_000} s without a store, at most ${mebibytes(peakBytes)} until all were read`,
      );
    }
    await producer.disconnect();
    return Math.max(...peaks) <= Math.min(...peaks) * TOLERANCE;
  } finally {
    await broker.stop();
  }
}

/** Reads everything in a process of its own, so that what sends it takes no part. */
async function read(
  broker: string,
  messages: number,
  awayMs: number,
): Promise<{ peakBytes: number; awayBytes: number }> {
  const reader = fileURLToPath(new URL('./backlog-reader.ts', import.meta.url));
  const args = ['--import', 'tsx', reader, broker, TOPIC, String(messages), String(awayMs)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as { peakBytes: number; awayBytes: number };
}

const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;
