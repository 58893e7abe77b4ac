// A process that reads a topic to its end while its store is away for a while, then says how much memory it took.
// Arguments: broker, topic, messages, how long the store is away in ms.
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { GatheredWrites } from '../../src/ingest/gathered-writes.js';
import { KafkaSource } from '../../src/ingest/kafka-source.js';
import { wallClock } from '../../src/model/clock.js';
import { RedressError } from '../../src/model/errors.js';

const [broker = '', topic = '', messages = '0', away = '0'] = process.argv.slice(2);
const backAt = Date.now() + Number(away);
let written = 0;
let awayBytes = 0;
const writes = new GatheredWrites({
  async write({ accepted, rejected }) {
    if (Date.now() < backAt) throw new RedressError('store_unavailable', 'away', { retryable: true });
    awayBytes ||= process.memoryUsage.rss();
    // A store takes its time: as long as this one fetches could pile up.
    await sleep(5);
    written += accepted.count + rejected.length;
  },
});
const source = new KafkaSource(
  {
    sink: writes,
    clock: wallClock,
    logger: pino({ level: 'silent' }),
    limits: { maxEventBytes: 10_000 },
  },
  { brokers: [broker], groupId: `${topic}-${messages}`, topics: [topic] },
);
await source.start();
while (written < Number(messages)) await sleep(100);
await source.stop();
process.stdout.write(JSON.stringify({ awayBytes, peakBytes: process.resourceUsage().maxRSS * 1_024 }));
process.exit(0);
