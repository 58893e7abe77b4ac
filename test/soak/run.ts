// `npm run soak`: seven hours at ten times the expected rate, as fast as they can be lived through. The first four of them
// take the two minutes, on the store's clock, for which arrivals are looked at again. Fails when memory does not stay
// flat, when anything becomes slower, or when the events in the store are not those that were sent.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MINUTE } from '../../src/model/clock.js';
import { print, printTable, whole } from '../bench/measure.js';
import { childrenOf, processorSeconds, residentMemory } from '../bench/process-figures.js';
import { writeConfiguration } from './configuration.js';
import { BUCKET, type Comparison, judge, type Measured, median } from './judgement.js';
import { Load, RATE, STEP } from './load.js';
import { SoakedService } from './soaked-service.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '420' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e6)) },
  },
});
const seed = Number(values.seed);
const length = Number(values.minutes);
/** An hour begins, so that the two halves that are compared lie alike in their hours. */
const START = Date.UTC(2026, 1, 2, 8);

const UNITS: Readonly<Record<keyof Measured, string>> = {
  heap: 'heap after collection, MiB',
  service: 'resident, service, MiB',
  engine: 'resident, engine, MiB',
  ingest: 'a request of events, ms',
  tick: 'closing a bucket, ms',
  work: 'processor time of five minutes, ms',
};

print(`seed ${seed}; the same again: npm run soak -- --seed ${seed}`);
print(`${length} minutes at ${RATE} events a second, a simulated clock, the embedded engine`);
const folder = mkdtempSync(join(tmpdir(), 'redress-soak-'));
const begun = performance.now();
try {
  writeConfiguration(folder);
  const load = new Load(seed, START);
  const service = await SoakedService.start(folder, START);
  const buckets: Measured[] = [];
  for (let from = START; from < START + length * MINUTE; from += BUCKET * MINUTE) {
    const measured = await liveThrough(service, load, from);
    buckets.push(measured);
    if (buckets.length % 6 === 0)
      print(`  ${(buckets.length * BUCKET).toString().padStart(3)} min: ${inWords(measured)}`);
  }
  const { stored, fired, messages } = await service.account();
  await service.stop();

  const seconds = (performance.now() - begun) / 1_000;
  print(
    `${(length / 60).toFixed(1)} h in ${whole(seconds)} s, ${((length * 60) / seconds).toFixed(0)} times as fast as life`,
  );
  print(
    `${whole(stored)} events stored of ${whole(load.events)} sent, ${whole(load.repeated)} of them twice; ` +
      `${whole(fired)} alerts, ${whole(messages)} messages`,
  );
  const compared = judge(buckets);
  printTable([['in half an hour', 'before', 'an hour later', 'at most', ''], ...compared.map(row)]);
  const isExact = stored === load.events;
  if (!isExact) print('the store does not have what was sent');
  if (fired === 0) print('no alert fired: the incidents were not seen');
  process.exitCode = isExact && fired > 0 && compared.every(({ holds }) => holds) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function liveThrough(service: SoakedService, load: Load, from: number): Promise<Measured> {
  const before = workOf(service);
  const requests: number[] = [];
  const ticks: number[] = [];
  for (let at = from; at < from + BUCKET * MINUTE; at += STEP) {
    requests.push(await service.send(load.step(at)));
    ticks.push(await service.tick(at + STEP));
  }
  const work = workOf(service) - before;
  const heap = await service.heap();
  const [engine = 0] = childrenOf(service.pid).slice(-1);
  return {
    heap,
    service: residentMemory(service.pid),
    engine: residentMemory(engine),
    ingest: median(requests),
    tick: Math.max(...ticks),
    work,
  };
}

/** Processor time of the service and its engine so far, ms. */
function workOf({ pid }: SoakedService): number {
  return [pid, ...childrenOf(pid)].reduce((sum, each) => sum + processorSeconds(each) * 1_000, 0);
}

function inWords(measured: Measured): string {
  return (Object.keys(UNITS) as (keyof Measured)[])
    .map((figure) => `${figure} ${whole(measured[figure])}`)
    .join(', ');
}

function row({ figure, before, after, limit, holds }: Comparison): string[] {
  return [UNITS[figure], whole(before), whole(after), whole(limit), holds ? 'holds' : 'GROWS'];
}
