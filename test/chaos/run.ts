// `npm run test:chaos`: shows that every event counts exactly once, whatever is killed. Wants Java, as the
// tests with Kafka do. With `--backlog`: that a consumer's memory does not depend on what waits for it, while the store
// is away for so many seconds (`--away`) at the beginning.
import { parseArgs } from 'node:util';
import { brokerRequirements } from '../../scripts/kafka-broker.js';
import { runBacklog } from './backlog.js';
import { runChaos } from './chaos.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e6)) },
    events: { type: 'string' },
    short: { type: 'boolean', default: false },
    backlog: { type: 'boolean', default: false },
    away: { type: 'string', default: '20' },
  },
});
const seed = Number(values.seed);
const events = Number(values.events ?? (values.short ? 10_000 : 1_000_000));
const requirements = brokerRequirements();
if (requirements !== 'ready') throw new Error(`a real Kafka is wanted, and there is none: ${requirements}`);

const began = performance.now();
const say = (line: string) =>
  process.stdout.write(`${((performance.now() - began) / 1_000).toFixed(1).padStart(7)} s  ${line}\n`);
if (values.backlog) {
  // The least of them is more than a consumer holds at once, or it would be measured by what it has not got.
  const sizes = [60_000, 600_000, 6_000_000].slice(0, values.short ? 2 : 3);
  const flat = await runBacklog(sizes, Number(values.away) * 1_000, say);
  say(flat ? 'memory does not depend on what waits' : 'memory grows with what waits');
  process.exit(flat ? 0 : 1);
}
say(
  `seed ${seed}, ${events} events; the same again: npm run test:chaos -- --seed ${seed} --events ${events}${values.short ? ' --short' : ''}`,
);
const disturbances = values.short ? { kills: 5, stops: 1, zombies: 1 } : { kills: 24, stops: 2, zombies: 3 };
const report = await runChaos({ seed, events, ...disturbances, say });
say(
  `${report.sent} messages sent, ${report.events} distinct events, ${report.rejected} rejected, ${report.points} points; ` +
    `${report.kills} kills, ${report.censuses} times offsets held against the store; ` +
    `peak memory of a consumer ${Math.round(report.peakMemory / 2 ** 20)} MiB`,
);
for (const problem of report.problems) say(`WRONG: ${problem}`);
say(
  report.problems.length === 0
    ? 'everything counts exactly once'
    : `seed ${seed} shows ${report.problems.length} faults`,
);
process.exitCode = report.problems.length === 0 ? 0 : 1;
