import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { targets } from './targets.js';
import type { Assignment, Report } from './worker.js';

/** So long a batch of inputs may take before it counts as a hang, ms. */
const PATIENCE = 30_000;
/** What a process may hold in its heap, MiB. */
const MEMORY = 256;

/** What came of feeding one target. */
export interface Outcome {
  target: string;
  inputs: number;
  /** Empty when every promise held. */
  problem: string;
}

/** Feeds every target its share of the inputs, one target after the other. */
export async function fuzz(
  inputs: number,
  seed: number,
  tell: (outcome: Outcome) => void,
): Promise<Outcome[]> {
  const shares = targets.reduce((sum, { share }) => sum + share, 0);
  const outcomes: Outcome[] = [];
  for (const { name, share } of targets) {
    const count = Math.max(100, Math.round((inputs * share) / shares));
    const outcome = {
      target: name,
      inputs: count,
      problem: await feed({ target: name, seed, inputs: count }),
    };
    outcomes.push(outcome);
    tell(outcome);
  }
  return outcomes;
}

/** Answers what went wrong, or nothing. */
function feed(assignment: Assignment): Promise<string> {
  const worker = fork(fileURLToPath(new URL('./worker.ts', import.meta.url)), [JSON.stringify(assignment)], {
    execArgv: ['--import', 'tsx', `--max-old-space-size=${MEMORY}`],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let said = '';
  worker.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2_000);
  });
  return new Promise((resolve) => {
    let at = 0;
    const place = () => `near input ${at} of seed ${assignment.seed}`;
    const hangs = () => {
      resolve(`${place()}: it hangs`);
      worker.kill('SIGKILL');
    };
    let timer = setTimeout(hangs, PATIENCE);
    worker.on('message', (report: Report) => {
      clearTimeout(timer);
      timer = setTimeout(hangs, PATIENCE);
      at = report.input;
      if (report.kind === 'broken') resolve(`${place()}: ${report.error}\n  hex ${report.hex}`);
    });
    worker.once('exit', (status) => {
      clearTimeout(timer);
      resolve(status === 0 ? '' : `${place()}: it ended with ${status}: ${said}`);
    });
  });
}
