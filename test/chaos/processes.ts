import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const KEPT = 4_000;

/** A `redress` command as a process of its own, which a supervisor starts again whenever it ends. */
export class Supervised {
  readonly #args: readonly string[];
  readonly #env: Record<string, string>;
  #child: ChildProcess | null = null;
  #said = '';
  #wanted = false;
  #peak = 0;
  #rest: Promise<void> = Promise.resolve();
  starts = 0;

  constructor(args: readonly string[], env: Record<string, string>) {
    this.#args = args;
    this.#env = env;
  }

  start(): void {
    this.#wanted = true;
    this.starts += 1;
    const child = spawn(process.execPath, ['--import', 'tsx', join(ROOT, 'src/main.ts'), ...this.#args], {
      cwd: ROOT,
      env: { ...process.env, REDRESS_LOG_LEVEL: 'error', ...this.#env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const output of [child.stdout, child.stderr])
      output?.on('data', (chunk: Buffer) => {
        this.#said = (this.#said + chunk.toString()).slice(-KEPT);
      });
    this.#rest = once(child, 'exit').then(async () => {
      if (this.#child === child) this.#child = null;
      // As a supervisor does for a process that ended by itself, because the store was away when it started.
      await sleep(500);
      if (this.#wanted && this.#child === null) this.start();
    });
  }

  /** What it last said, in this life and in those before. */
  said(): string {
    return this.#said;
  }

  pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** Ends it with a signal and leaves it so, until it is started again. */
  async end(signal: NodeJS.Signals): Promise<void> {
    this.#wanted = false;
    this.measure();
    const child = this.#child;
    if (child !== null) {
      // One that hangs is a fault that the caller will see by the time that it took.
      const late = setTimeout(() => child.kill('SIGKILL'), 30_000);
      child.kill(signal);
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      clearTimeout(late);
    }
    await this.#rest;
  }

  /** Kills it together with the processes that it started, as a machine that loses its power does. */
  async endFamily(): Promise<void> {
    const pid = this.pid();
    const children = spawnSync('pgrep', ['-P', String(pid ?? 0)]).stdout?.toString() ?? '';
    await this.end('SIGKILL');
    for (const child of children.split('\n').filter((line) => line !== ''))
      try {
        process.kill(Number(child), 'SIGKILL');
      } catch {
        // It was quicker.
      }
  }

  /** Stops it in the middle of whatever it does; what is answered lets it go on. */
  pause(): () => void {
    const child = this.#child;
    child?.kill('SIGSTOP');
    return () => void child?.kill('SIGCONT');
  }

  /** Takes note of the most memory that the process has had, in bytes; only Linux tells. */
  measure(): number {
    const pid = this.pid();
    if (pid !== null) this.#peak = Math.max(this.#peak, peakMemory(pid));
    return this.#peak;
  }
}

function peakMemory(pid: number): number {
  try {
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(peak ?? 0) * 1_024;
  } catch {
    return 0;
  }
}
