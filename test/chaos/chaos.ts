import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Admin, Kafka, type KafkaJSError, logLevel, type Producer } from 'kafkajs';
import { type Broker, startBroker } from '../../scripts/kafka-broker.js';
import { insist } from '../../src/ingest/insist.js';
import { RedressError } from '../../src/model/errors.js';
import type { RejectedEvent } from '../../src/model/event.js';
import { EventLog } from '../../src/store/event-log.js';
import { migrate } from '../../src/store/migrate.js';
import { Store } from '../../src/store/store.js';
import { freePort } from '../support/free-port.js';
import { seededRandom } from '../support/random.js';
import { Decider } from './decider.js';
import { type Disk, makeDisk } from './disk.js';
import { Ledger } from './ledger.js';
import { METRICS } from './metrics.js';
import { Supervised } from './processes.js';
import { BEGINNING, frontierOf, MAX_EVENT_BYTES, messages, SPAN } from './stream.js';
import { verify } from './verify.js';

export interface ChaosOptions {
  seed: number;
  events: number;
  /** How often something is killed with `kill -9` at a random moment. */
  kills: number;
  /** How often the store is stopped and started. */
  stops: number;
  /** How often a consumer is paused for longer than its session lasts. */
  zombies: number;
  say: (line: string) => void;
}

export interface ChaosReport {
  sent: number;
  events: number;
  rejected: number;
  points: number;
  kills: number;
  /** Times that committed offsets were held against the store with nobody writing. */
  censuses: number;
  /** The most memory that any consumer process had, bytes; 0 where the system does not tell. */
  peakMemory: number;
  problems: readonly string[];
}

const TOPIC = 'chaos';
const GROUP = 'chaos';
const PARTITIONS = 8;
const SESSION = 6_000;
const BATCH = 500;
/** How long nothing at all may be read while something waits and nothing is broken any more, ms. */
const PATIENCE = 180_000;
/** How often the store may end by itself before it is said not to come back. */
const MOST_STARTS = 5;

/** Sends events through a real broker into a real store while everything around them is killed. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const chaos = new Chaos(options);
  try {
    return await chaos.run();
  } finally {
    await chaos.end();
  }
}

class Chaos {
  readonly #options: ChaosOptions;
  readonly #random: () => number;
  readonly #folder = mkdtempSync(join(tmpdir(), 'redress-chaos-'));
  readonly #ledger: Ledger;
  readonly #cleanups: (() => unknown)[] = [];
  readonly #problems: string[] = [];
  #sending = true;
  #ids = 0;
  #kills = 0;
  #stops = 0;
  #censuses = 0;

  constructor(options: ChaosOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
    this.#ledger = new Ledger(TOPIC, PARTITIONS, options.events);
  }

  async run(): Promise<ChaosReport> {
    const { seed, events, say } = this.#options;
    const [{ producer, admin, broker }, { store, engine, disk }] = await Promise.all([
      this.#openKafka(),
      this.#openStore(),
    ]);
    const consumers = [1, 2].map(() => this.#consumer(broker));
    for (const consumer of consumers) consumer.start();
    say(`events are on their way; the store lies on ${disk.kind}`);

    const decider = new Decider(store, METRICS, BEGINNING);
    let deciding = true;
    const decisions = (async () => {
      while (deciding) {
        await decider.round(frontierOf(this.#ids, events));
        await sleep(1_500);
      }
    })();
    const sending = this.#send(producer);
    // A failure while the disturbances run is thrown when they are done, and must not end the process before.
    sending.catch(() => undefined);
    try {
      await this.#disturb({ store, engine, disk, consumers, admin });
    } finally {
      this.#sending = false;
    }
    await sending;

    say(`${this.#ledger.sent} messages were sent; waiting until they are read`);
    for (const consumer of consumers) if (consumer.pid() === null) consumer.start();
    await this.#untilRead(admin, consumers);
    const peakMemory = Math.max(...consumers.map((consumer) => consumer.measure()));
    for (const consumer of consumers) await consumer.end('SIGTERM');
    await this.#census(admin, store);
    deciding = false;
    await decisions;
    if (!(await decider.finish(BEGINNING + SPAN))) this.#problems.push('the last points could not be made');
    say(`points were made in ${decider.rounds} rounds; holding all against what was sent`);
    for (const [reason, times] of decider.failures) say(`  ${times} rounds were cut short: ${reason}`);
    const { problems, ...verified } = await verify(store, this.#ledger, seed, events);
    return {
      ...verified,
      sent: this.#ledger.sent,
      kills: this.#kills,
      censuses: this.#censuses,
      peakMemory,
      problems: [...this.#problems, ...problems],
    };
  }

  async end(): Promise<void> {
    this.#sending = false;
    for (const cleanup of this.#cleanups.reverse()) await cleanup();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #openKafka(): Promise<{ producer: Producer; admin: Admin; broker: Broker }> {
    const broker = await startBroker();
    this.#cleanups.push(() => broker.stop());
    const kafka = new Kafka({ clientId: 'chaos', brokers: [broker.address], logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    this.#cleanups.push(() => admin.disconnect());
    await admin.createTopics({
      topics: [{ topic: TOPIC, numPartitions: PARTITIONS }],
      waitForLeaders: true,
    });
    const producer = kafka.producer({ maxInFlightRequests: 1 });
    await producer.connect();
    this.#cleanups.push(() => producer.disconnect());
    return { producer, admin, broker };
  }

  async #openStore(): Promise<{ store: Store; engine: Supervised; disk: Disk }> {
    const disk = makeDisk(join(this.#folder, 'disk'), this.#options.events);
    this.#cleanups.push(() => disk.remove());
    const config = this.#configuration('store');
    const port = await freePort();
    const args = ['clickhouse', '--config', config, '--data', disk.folder, '--port', String(port), '--json'];
    const engine = new Supervised(args, {});
    this.#cleanups.push(() => engine.end('SIGTERM'));
    engine.start();
    const address = {
      url: `http://127.0.0.1:${port}`,
      username: 'default',
      password: '',
      database: 'redress',
    };
    const store = new Store(address);
    this.#cleanups.push(() => store.close());
    this.#storeUrl = address.url;
    await this.#answers(store, engine);
    await migrate(address);
    return { store, engine, disk };
  }

  #storeUrl = '';

  #consumer(broker: Broker): Supervised {
    const consumer = new Supervised(
      ['start', '--role', 'ingest', '--config', this.#configuration('consumer'), '--json'],
      { CLICKHOUSE_URL: this.#storeUrl, KAFKA_BROKERS: broker.address },
    );
    this.#cleanups.push(() => consumer.end('SIGKILL'));
    return consumer;
  }

  #configuration(name: string): string {
    const folder = join(this.#folder, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, 'metrics.yaml'),
      '- { id: orders, kind: count, of: { event: order.placed } }\n',
    );
    writeFileSync(
      join(folder, 'redress.yaml'),
      [
        'http: { port: 0 }',
        `kafka: { topics: [${TOPIC}], group_id: ${GROUP}, session_timeout: ${SESSION / 1_000}s }`,
        `ingest: { max_event_bytes: ${MAX_EVENT_BYTES} }\n`,
      ].join('\n'),
    );
    return folder;
  }

  /** Sends everything, so slowly that it lasts as long as the disturbances do; what is left then, at once. */
  async #send(producer: Producer): Promise<void> {
    const { seed, events, kills, stops, zombies } = this.#options;
    const expected = kills * 4_000 + stops * 18_000 + zombies * 3_000 + 10_000;
    const pause = (BATCH * expected) / (events * 1.065);
    let batch: { partition: number; message: Parameters<Ledger['record']>[1] }[] = [];
    const flush = async () => {
      const sent = batch;
      batch = [];
      await producer.send({
        topic: TOPIC,
        messages: sent.map(({ partition, message: { key, value } }) => ({ key, value, partition })),
      });
      for (const { partition, message } of sent) this.#ledger.record(partition, message);
    };
    for (const message of messages(seed, events)) {
      if (message.event?.content === 0) this.#ids = Math.max(this.#ids, message.event.id + 1);
      batch.push({ partition: partitionOf(message.key), message });
      if (batch.length < BATCH) continue;
      const startedAt = performance.now();
      await flush();
      const left = pause - (performance.now() - startedAt);
      if (this.#sending && left > 0) await sleep(left);
    }
    await flush();
  }

  async #disturb({ store, engine, disk, consumers, admin }: Surroundings): Promise<void> {
    const { kills, stops, zombies, say } = this.#options;
    const steps = this.#shuffled([
      ...Array.from({ length: kills }, (_, index) => (index % 3 === 2 ? 'kill_both' : 'kill_one')),
      ...Array.from({ length: stops }, () => 'stop_store'),
      ...Array.from({ length: zombies }, () => 'zombie'),
      'leave',
      'full_disk',
    ]);
    const awake: Promise<void>[] = [];
    // What happens while nothing has been read yet proves nothing.
    await sleep(4_000);
    for (const step of steps) {
      const victim = consumers[Math.floor(this.#random() * consumers.length)] as Supervised;
      say(`${step.replace('_', ' ')} (${this.#ledger.sent} sent)`);
      if (step === 'kill_one') {
        this.#kills += 1;
        await victim.end('SIGKILL');
        await sleep(this.#random() * 1_500);
        victim.start();
      } else if (step === 'kill_both') {
        this.#kills += 1;
        await Promise.all(consumers.map((consumer) => consumer.end('SIGKILL')));
        await this.#census(admin, store);
        for (const consumer of consumers) consumer.start();
      } else if (step === 'stop_store') {
        if (this.#stops++ % 2 === 0) await engine.endFamily();
        else await engine.end('SIGTERM');
        await sleep(2_000 + this.#random() * 4_000);
        engine.start();
        await this.#answers(store, engine);
      } else if (step === 'zombie') {
        // The others go on meanwhile, and so do the disturbances.
        const wake = victim.pause();
        awake.push(sleep(SESSION + 3_000).then(wake));
      } else if (step === 'leave') {
        await victim.end('SIGTERM');
        victim.start();
      } else {
        await disk.refuse(store);
        const refused = await this.#isRefused(store);
        await sleep(4_000);
        await disk.allow(store);
        if (!refused) this.#problems.push('the store took a write although its disk was full');
      }
      for (const consumer of consumers) consumer.measure();
      await sleep(1_000 + this.#random() * 3_000);
    }
    await Promise.all(awake);
  }

  /** With every consumer dead, nothing can be written: what is committed has to be in the store by now. */
  async #census(admin: Admin, store: Store): Promise<void> {
    const committed = await committedOffsets(admin);
    const { seed } = this.#options;
    const missing = await this.#ledger.missing(store, committed, (id) => `event-${seed}-${id}`);
    this.#censuses += 1;
    if (missing.length > 0)
      this.#problems.push(
        `${missing.length} inputs lay before a committed offset and were not in the store, such as ${missing[0]}`,
      );
  }

  async #isRefused(store: Store): Promise<boolean> {
    const nothing = { accepted: [], rejected: [REFUSED] };
    return new EventLog(store).write(nothing).then(
      () => false,
      (error: unknown) => error instanceof RedressError && error.retryable,
    );
  }

  async #untilRead(admin: Admin, consumers: readonly Supervised[]): Promise<void> {
    const ends = this.#ledger.ends();
    let last = '';
    for (let deadline = Date.now() + PATIENCE; ; await sleep(500)) {
      const committed = await committedOffsets(admin);
      if (ends.every((end, partition) => committed[partition] === end)) return;
      if (committed.join() !== last) deadline = Date.now() + PATIENCE;
      last = committed.join();
      if (Date.now() < deadline) continue;
      throw new Error(
        `not everything was read: ${committed} of ${ends}; the consumers said: ${consumers.map((it) => it.said()).join('\n')}`,
      );
    }
  }

  /** Waits however long it takes: on a busy machine a start takes minutes. What fails is a store that ends again and again. */
  async #answers(store: Store, engine: Supervised): Promise<void> {
    for (const before = engine.starts; !(await store.ping()); await sleep(200))
      if (engine.starts - before === MOST_STARTS)
        throw new Error(`the store does not come back: ${engine.said()}`);
  }

  #shuffled<T>(list: readonly T[]): T[] {
    return list
      .map((value) => ({ value, at: this.#random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ value }) => value);
  }
}

/** An input whose only use is to be refused. */
const REFUSED: RejectedEvent = {
  arrival: { source: 'test', position: 'refused', receivedAt: BEGINNING, version: 1n },
  raw: '',
  reason: 'not_an_object',
  field: '',
  detail: '',
};

interface Surroundings {
  store: Store;
  engine: Supervised;
  disk: Disk;
  consumers: readonly Supervised[];
  admin: Admin;
}

async function committedOffsets(admin: Admin): Promise<number[]> {
  // A broker that is looking for the group's coordinator says so, and is to be asked again.
  const [offsets] = await insist(() => admin.fetchOffsets({ groupId: GROUP, topics: [TOPIC] }), {
    again: (error, failures) => (error as KafkaJSError).retriable && failures < 10,
  });
  const committed = Array.from({ length: PARTITIONS }, () => 0);
  for (const { partition, offset } of offsets?.partitions ?? [])
    committed[partition] = Math.max(Number(offset), 0);
  return committed;
}

function partitionOf(key: string): number {
  let hash = 0;
  for (let at = 0; at < key.length; at++) hash = (Math.imul(hash, 31) + key.charCodeAt(at)) >>> 0;
  return hash % PARTITIONS;
}
