import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { kafkaJars } from './kafka-jars.js';

const START_TIMEOUT = 90_000;
const MOST_TRIES = 3;

/** What a machine lacks to run a broker. */
export type BrokerRequirements = 'ready' | 'no_java';

/** A running Apache Kafka: one node that is broker and controller. */
export interface Broker {
  /** As a client wants it: `127.0.0.1:port`. */
  address: string;
  /** Resolves when its process ends, however it ends. */
  ended: Promise<void>;
  /** Ends it, and forgets its data unless a folder was named. */
  stop(): Promise<void>;
}

/** A second listener, behind TLS and a login, as tests of logging in want one. */
export interface SecuredListener {
  port: number;
  /** Lines of the broker's configuration; the listener is called SECURED. */
  properties: readonly string[];
  /** Arguments to the formatting of the storage: users are known from then on. */
  format: readonly string[];
}

interface BrokerOptions {
  port?: number;
  dir?: string;
  /** More lines of the broker's configuration. */
  properties?: readonly string[];
  secured?: SecuredListener;
}

/** Tells whether a broker can be started here. */
export function brokerRequirements(): BrokerRequirements {
  return runs('java', ['-version']) ? 'ready' : 'no_java';
}

/**
 * Starts a broker on loopback and waits until it takes connections. It ends with this process, however this
 * process ends. Without a folder its data lies in a temporary one; port 0 takes a free one.
 */
export async function startBroker(options: BrokerOptions = {}): Promise<Broker> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await startOnce(options);
    } catch (error) {
      // A port that was free when it was chosen can be somebody else's when the broker listens.
      if (options.port || tries === MOST_TRIES) throw error;
    }
  }
}

async function startOnce(options: BrokerOptions): Promise<Broker> {
  const jars = await kafkaJars();
  const folder = options.dir ?? mkdtempSync(join(tmpdir(), 'redress-kafka-'));
  mkdirSync(folder, { recursive: true });
  const port = options.port || (await freePort());
  if (await listens(port)) throw new Error(`port ${port} is in use`);
  const properties = join(folder, 'server.properties');
  const data = join(folder, 'data');
  writeFileSync(properties, serverProperties(port, await freePort(), data, options));
  const java = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', join(jars, '*')];
  java.push('-Dorg.slf4j.simpleLogger.defaultLogLevel=warn');
  if (!existsSync(join(data, 'meta.properties'))) {
    // Kafka's format is base64url; an id that begins with `-` would be read as an option.
    const clusterId = `r${randomBytes(16).toString('base64url').slice(1)}`;
    const format = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', properties];
    format.push(...(options.secured?.format ?? []));
    await promisify(execFile)('java', [...java, ...format]);
  }

  const child = spawnTied('java', [...java, 'kafka.Kafka', properties]);
  let said = '';
  for (const output of [child.stdout, child.stderr])
    output?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4_000);
    });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const stop = async () => {
    child.stdin?.end();
    await ended;
    if (options.dir === undefined) rmSync(folder, { recursive: true, force: true });
  };
  for (const deadline = Date.now() + START_TIMEOUT; !(await listens(port)); await sleep(100)) {
    if (child.exitCode === null && Date.now() < deadline) continue;
    await stop();
    throw new Error(`Kafka did not start on port ${port}; the last that it said:\n${said}`);
  }
  return { address: `127.0.0.1:${port}`, ended, stop };
}

function serverProperties(
  port: number,
  controllerPort: number,
  data: string,
  { properties = [], secured }: BrokerOptions,
): string {
  const listener = secured === undefined ? '' : `,SECURED://127.0.0.1:${secured.port}`;
  return `${[
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controllerPort}`,
    'controller.listener.names=CONTROLLER',
    `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}${listener}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${port}${listener}`,
    'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURED:SASL_SSL',
    `log.dirs=${data}`,
    'num.partitions=3',
    'message.max.bytes=20971520',
    'offsets.topic.num.partitions=1',
    'offsets.topic.replication.factor=1',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'group.initial.rebalance.delay.ms=0',
    ...properties,
    ...(secured?.properties ?? []),
  ].join('\n')}\n`;
}

/**
 * Starts a program that is told to end when the pipe to this process closes, which the kernel does for a
 * process that was killed, too. A shell stands in between, because Java does not look at its standard input.
 */
function spawnTied(program: string, args: readonly string[]): ChildProcess {
  const script = `exec 3<&0
"$0" "$@" </dev/null 3<&- & program=$!
(cat <&3 >/dev/null; kill $program; sleep 15; kill -9 $program) 2>/dev/null & guard=$!
wait $program; status=$?
kill $guard 2>/dev/null
exit $status`;
  return spawn('sh', ['-c', script, program, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
}

function runs(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

async function listens(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => socket.end(() => done(true)));
    socket.once('error', () => done(false));
  });
}
