// Feeds one target in a process of its own, whose memory is bounded and which can be ended when it hangs.
import { Random } from '../../src/simulation/random.js';
import { Mutator } from './mutator.js';
import { targets } from './targets.js';

export interface Assignment {
  target: string;
  seed: number;
  inputs: number;
}

export type Report =
  | { kind: 'at'; input: number }
  | { kind: 'broken'; input: number; error: string; hex: string };

const { target: name, seed, inputs } = JSON.parse(process.argv[2] ?? '') as Assignment;
const target = targets.find((candidate) => candidate.name === name);
if (target === undefined) throw new Error(`there is no target '${name}'`);
const mutator = new Mutator(new Random(seed), target.seeds, target.words);
const tell = (report: Report) => process.send?.(report);
for (let input = 0; input < inputs; input += 1) {
  const bytes = mutator.next();
  if (input % 64 === 0) tell({ kind: 'at', input });
  try {
    await target.check(bytes);
  } catch (error) {
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
    tell({ kind: 'broken', input, error: words, hex: bytes.toString('hex') });
    break;
  }
}
