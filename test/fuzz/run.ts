// `npm run fuzz`: feeds what reads strangers' input with spoilt inputs: no crash, no hang, no unbounded memory.
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.js';

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e6)) },
  },
});
process.stdout.write(
  `seed ${values.seed}; the same again: npm run fuzz -- --seed ${values.seed} --inputs ${values.inputs}\n`,
);
const outcomes = await fuzz(Number(values.inputs), Number(values.seed), ({ target, inputs, problem }) => {
  process.stdout.write(
    `${problem === '' ? 'held ' : 'BROKE'} ${target}, ${inputs.toLocaleString('en-GB')} inputs\n`,
  );
  if (problem !== '') process.stdout.write(`      ${problem}\n`);
});
process.exit(outcomes.every(({ problem }) => problem === '') ? 0 : 1);
