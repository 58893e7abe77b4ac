import { alerts } from './alerts.js';
import { run as analysis, analysisParts } from './analysis.js';
import { budget } from './budget.js';
import { dashboardsBench } from './dashboards.js';
import { demo } from './demo.js';
import { detect, detectParts } from './detect.js';
import { followUps } from './follow-ups.js';
import { ingest } from './ingest.js';
import { insert } from './insert.js';
import { kafka } from './kafka.js';
import { latency } from './latency.js';
import { marketplace } from './marketplace.js';
import { print } from './measure.js';
import { run as nab } from './nab.js';
import { run as points } from './points.js';
import { start } from './start.js';

const benchmarks: Readonly<Record<string, () => Promise<void>>> = {
  ingest,
  kafka,
  insert,
  detect,
  latency,
  start,
  alerts,
  demo,
  'follow-ups': followUps,
  nab,
  marketplace,
  budget,
  analysis,
  points,
  dashboards: dashboardsBench,
};

/** Those that run with the others, and parts of them that may be named. */
const known = { ...benchmarks, ...analysisParts, ...detectParts };
const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(benchmarks);
for (const name of names) {
  const benchmark = known[name];
  if (benchmark === undefined) {
    process.stderr.write(`bench: there is no '${name}'; there is ${Object.keys(known).join(', ')}\n`);
    process.exitCode = 2;
    break;
  }
  print(name);
  await benchmark();
}
