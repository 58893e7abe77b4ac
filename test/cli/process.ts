import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/cli/program.js';
import { ROOT } from '../deployment/repository.js';

/** What a finished command left: its exit status and what it wrote. */
export interface Finished {
  status: number | null;
  out: string;
  err: string;
}

export interface Surroundings {
  env?: Record<string, string>;
  /** What comes in on standard input. */
  input?: string | Buffer;
}

/** A command as a process of its own, from its sources. */
export class RunningCommand {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  #out = '';
  #err = '';

  constructor(args: readonly string[], { env = {}, input }: Surroundings = {}) {
    const own = Object.entries(process.env).filter(
      ([name]) => !/^(REDRESS|SLACK|CLICKHOUSE|KAFKA)_/.test(name),
    );
    this.child = spawn(process.execPath, ['--import', 'tsx', join(ROOT, 'src/main.ts'), ...args], {
      cwd: ROOT,
      env: { ...Object.fromEntries(own), NO_COLOR: '1', ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (chunk: Buffer) => {
      this.#out += chunk.toString();
    });
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.#err += chunk.toString();
    });
    this.child.stdin?.on('error', () => {});
    this.child.stdin?.end(input ?? '');
    this.finished = new Promise((resolve) =>
      this.child.once('close', (status) => resolve({ status, out: this.#out, err: this.#err })),
    );
  }

  /** Resolves with the first line of standard output that has the text. Throws when the command ends without it. */
  async said(text: string): Promise<string> {
    const line = () => this.#out.split('\n').find((it) => it.includes(text));
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = line();
        if (found !== undefined) resolve(found);
      };
      this.child.stdout?.on('data', look);
      void this.finished.then(({ err }) => reject(new Error(`it ended without saying '${text}': ${err}`)));
      look();
    });
  }
}

/** Runs a command within this process: the same but for signals and the real standard streams. */
export async function redress(args: readonly string[]): Promise<Finished> {
  const out: string[] = [];
  const err: string[] = [];
  const status = await run(args, { out: (text) => out.push(text), err: (text) => err.push(text) });
  return { status, out: out.map((text) => `${text}\n`).join(''), err: err.join('\n') };
}

/** The lines of NDJSON. Throws when one is not JSON. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'redress-cli-'));

/** A configuration folder whose store has a folder of its own and free ports, with other files as given. */
export function configurationFolder(files: Record<string, string> = {}): { config: string; data: string } {
  const config = newFolder();
  const data = join(config, 'store');
  const base = {
    'redress.yaml': `clickhouse: { data: ${JSON.stringify(data)}, port: 0 }\nhttp: { port: 0 }\n`,
    'metrics.yaml': [
      '- id: dispute_rate',
      '  kind: ratio',
      '  numerator: { event: dispute.opened }',
      '  denominator: { event: order.delivered }',
      '  min_denominator: 10',
      '  timezone: UTC',
      '  detect: [{ use: z-score, warm_up: 12 }]',
      '  alert: { for: 1, recover: 2 }',
      '',
    ].join('\n'),
  };
  for (const [name, text] of Object.entries({ ...base, ...files })) writeFileSync(join(config, name), text);
  return { config, data };
}
