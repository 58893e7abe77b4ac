// `npm run test:deliveries`: shows that no message is lost and none is sent twice, whatever is killed and whatever
// Slack does. The seed is printed; the same seed kills at the same calls.
import { parseArgs } from 'node:util';
import { testDatabase } from '../support/store.js';
import { runDeliveryChaos } from './delivery-chaos.js';
import { deliveryConfiguration } from './delivery-configuration.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e6)) },
    kills: { type: 'string', default: '200' },
    grouped: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const kills = Number(values.kills);
const began = performance.now();
const say = (line: string) =>
  process.stdout.write(`${((performance.now() - began) / 1_000).toFixed(1).padStart(7)} s  ${line}\n`);

say(
  `seed ${seed}; the same again: npm run test:deliveries -- --seed ${seed} --kills ${kills}${values.grouped ? ' --grouped' : ''}`,
);
const { store, address } = await testDatabase();
const report = await runDeliveryChaos({
  seed,
  kills,
  store,
  address,
  configuration: deliveryConfiguration(values.grouped),
  say,
});
await store.close();
const list = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts)
    .map(([word, count]) => `${count} ${word}`)
    .join(', ');
say(`${report.kills} kills: ${list(report.killedAt)}`);
say(`faults of Slack's: ${list(report.faults)}`);
say(`${report.subjects} subjects at their targets, ${report.messages} messages`);
for (const problem of report.problems) say(`WRONG: ${problem}`);
say(
  report.problems.length === 0
    ? 'each has exactly one message, and it shows the last state'
    : `seed ${seed} shows ${report.problems.length} faults`,
);
process.exit(report.problems.length === 0 ? 0 : 1);
