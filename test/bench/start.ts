import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  createWriteStream,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import type { Configuration } from '../../src/config/configuration.js';
import { loadConfiguration } from '../../src/config/load.js';
import { DAY, wallClock } from '../../src/model/clock.js';
import { encodeEvent } from '../../src/model/event-json.js';
import { knownDetectors } from '../../src/plug-ins.js';
import { startService } from '../../src/service/service.js';
import { defaultIncidents } from '../../src/simulation/incident.js';
import { simulateMarketplace } from '../../src/simulation/simulate.js';
import { openStore } from '../../src/store/open-store.js';
import { type Figures, interleaved, print, printTable, whole } from './measure.js';
import { childrenOf, processorSeconds } from './process-figures.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const REPETITIONS = 5;
const DAYS = 42;
const MERCHANTS = 10_000;

/**
 * From the start of the built program until it is ready, and from the signal to stop until it is gone, over a store that
 * has lived: six weeks of the demo's marketplace with the configuration of `redress init`, and beside its metrics
 * one of 10,000 series, whose judges remember.
 */
export async function start(): Promise<void> {
  if (!existsSync(MAIN)) {
    print('  left out: there is no dist, run npm run build');
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'redress-bench-'));
  try {
    await liveThrough(folder);
    const took = await interleaved(
      [
        ['as a process', () => asProcess(folder)],
        ['its parts', () => inParts(folder)],
      ],
      REPETITIONS,
    );
    const { ready, stopped, node, engine } = took['as a process'];
    const { load, open, read } = took['its parts'];
    printTable([
      ['', 'ms', 'Node, CPU ms', 'engine, CPU ms'],
      ['until /readyz answers 200', whole(ready ?? 0), whole(node ?? 0), whole(engine ?? 0)],
      ['  loading the program', whole(load ?? 0)],
      ['  opening the store', whole(open ?? 0)],
      ['  reading what is decided', whole(read ?? 0)],
      ['from SIGTERM until it is gone', whole(stopped ?? 0)],
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Makes the store: as a user would, with the program's own commands. */
async function liveThrough(folder: string): Promise<void> {
  await redress(['init', folder]);
  const settings = join(folder, 'redress.yaml');
  writeFileSync(
    settings,
    readFileSync(settings, 'utf8')
      .replace('data: data/clickhouse', `data: ${join(folder, 'store')}`)
      .replace('port: 8123', 'port: 0')
      .replace('port: 8080', 'port: 0'),
  );
  appendFileSync(
    join(folder, 'metrics.yaml'),
    [
      '',
      '- id: sales_by_merchant',
      '  title: Orders by merchant',
      '  kind: count',
      '  of: { event: [order.placed, order.shipped, order.delivered] }',
      '  bucket: 1d',
      '  timezone: Europe/London',
      '  slices: [[merchant_id]]',
      '  detect: [{ use: auto }]',
      '  owner: after-sales',
      '',
    ].join('\n'),
  );
  const events = join(folder, 'events.ndjson');
  await writeEvents(events);
  await redress(['ingest', '--config', folder, events]);
  await redress(['replay', '--config', folder]);
  rmSync(events);
}

async function writeEvents(file: string): Promise<void> {
  const from = Math.floor((Date.now() - DAYS * DAY) / DAY) * DAY;
  const { events } = simulateMarketplace({
    seed: 7,
    start: from,
    days: DAYS,
    ordersPerDay: 4_000,
    incidents: defaultIncidents(from),
    timezone: 'Europe/London',
  });
  const out = createWriteStream(file);
  let count = 0;
  for (const event of events) {
    count += 1;
    const line = JSON.stringify(encodeEvent({ ...event, merchantId: `m${count % MERCHANTS}` }));
    if (!out.write(`${line}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
}

async function redress(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`redress ${args[0]} ended with ${code}`);
}

async function asProcess(folder: string): Promise<Figures> {
  const begun = performance.now();
  const child = spawn(process.execPath, [MAIN, 'start', '--config', folder, '--json'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const address = await addressOf(child);
  while ((await fetch(`${address}/readyz`)).status !== 200) await sleep(5);
  const ready = performance.now() - begun;
  const pid = child.pid ?? 0;
  const node = processorSeconds(pid) * 1_000;
  const engine = childrenOf(pid).reduce((sum, each) => sum + processorSeconds(each) * 1_000, 0);
  // Until the first look for work is under way, which a stop has to wait for.
  await sleep(5_000);
  const asked = performance.now();
  child.kill('SIGTERM');
  await once(child, 'exit');
  return { ready, node, engine, stopped: performance.now() - asked };
}

/** Where it listens: the first line that is said with `--json`. */
async function addressOf(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('nobody listens to the service');
  for await (const line of createInterface({ input: child.stdout }))
    return (JSON.parse(line) as { address: string }).address;
  throw new Error('the service ended before it listened');
}

/** The same one after the other, in this process, which has loaded the program already. */
async function inParts(folder: string): Promise<Figures> {
  const loading = performance.now();
  await redress(['--help']);
  const load = performance.now() - loading;
  const configuration = await configurationOf(folder);
  const begun = performance.now();
  const store = await openStore(configuration.service.clickhouse);
  const opened = performance.now();
  const surroundings = { clock: wallClock, log: pino({ level: 'silent' }), print: () => {} };
  const service = await startService(configuration, store, surroundings);
  const read = performance.now();
  await service.stop();
  await store.close();
  return { load, open: opened - begun, read: read - opened };
}

async function configurationOf(folder: string): Promise<Configuration> {
  const loaded = await loadConfiguration(folder, { env: {}, ...knownDetectors });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.configuration;
}
