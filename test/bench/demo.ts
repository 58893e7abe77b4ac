import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Figures, interleaved, print, printTable, whole } from './measure.js';
import { childrenOf, peakMemory, processorSeconds } from './process-figures.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const REPETITIONS = 3;
const SAMPLE_EVERY_MS = 100;

/** What `npm run demo` takes: six weeks of a marketplace through the whole pipeline, as built in dist. */
export async function demo(): Promise<void> {
  if (!existsSync(MAIN)) {
    print('  left out: there is no dist, run npm run build');
    return;
  }
  const { demo: took } = await interleaved([['demo', runDemo]], REPETITIONS);
  const row = (name: string, of: 'node' | 'engine') => [
    name,
    (took[`${of}Cpu`] ?? 0).toFixed(1),
    whole(took[`${of}Memory`] ?? 0),
  ];
  printTable([['', 'CPU s', 'peak MiB'], row('Node', 'node'), row('engine', 'engine')]);
  const busy = ((took.nodeCpu ?? 0) + (took.engineCpu ?? 0)) / (took.seconds ?? 0);
  print(`  ${(took.seconds ?? 0).toFixed(1)} s in all, ${busy.toFixed(2)} processors busy in the mean`);
}

async function runDemo(): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'redress-bench-'));
  const begun = performance.now();
  const child = spawn(
    process.execPath,
    [MAIN, 'demo', '--json', '--data', join(folder, 'data'), '--out', join(folder, 'out')],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const node = child.pid ?? 0;
  let engine = 0;
  const figures = { seconds: 0, nodeCpu: 0, nodeMemory: 0, engineCpu: 0, engineMemory: 0 };
  // The figures of a process are gone with it, so what counts is the last look. They only ever grow.
  const look = () => {
    engine ||= childrenOf(node)[0] ?? 0;
    figures.nodeCpu = Math.max(figures.nodeCpu, processorSeconds(node));
    figures.nodeMemory = Math.max(figures.nodeMemory, peakMemory(node));
    if (engine === 0) return;
    figures.engineCpu = Math.max(figures.engineCpu, processorSeconds(engine));
    figures.engineMemory = Math.max(figures.engineMemory, peakMemory(engine));
  };
  const looking = setInterval(look, SAMPLE_EVERY_MS);
  const [code] = await once(child, 'exit');
  clearInterval(looking);
  rmSync(folder, { recursive: true, force: true });
  if (code !== 0) throw new Error(`the demo ended with ${code}`);
  figures.seconds = (performance.now() - begun) / 1_000;
  return figures;
}
