import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { RedressError } from '../../model/errors.js';
import { backupsFolder } from './backup.js';
import { engineLibrary } from './library.js';

export interface EmbeddedEngine {
  /** Where its HTTP interface listens: always loopback, because the engine has no passwords. */
  url: string;
  pid: number;
  /** Resolves with what the engine last said when it ends without having been stopped. */
  died: Promise<string>;
  /** Ends the engine; resolves when its process is gone. Nothing that it has acknowledged is lost. */
  stop(): Promise<void>;
}

/**
 * One that fails to start says so or ends, and is not waited for. This is for one that does neither: a start may take minutes
 * where there is much to read or the machine is busy, and whoever ends it then has to begin the same work again.
 */
const START_TIMEOUT = 300_000;
/** The service has ten seconds for all of its stop, and what the engine has acknowledged is on disk. */
const STOP_TIMEOUT = 3_000;
const KEPT_OUTPUT = 8_000;
/** An engine whose process was killed takes some seconds to notice; so long the folder is waited for. */
const ORPHAN_TIMEOUT = 15_000;

/**
 * Starts ClickHouse as a child process on loopback with its data in `folder`.
 *
 * The engine reads its statements from a FIFO that only this process holds open. When this process ends in
 * any way, `kill -9` included, the kernel closes the FIFO, the engine reads the end of file and shuts down.
 *
 * Throws `store_locked` when another engine holds the folder, `port_in_use` when the port is taken,
 * `store_unavailable` when the engine does not start.
 */
export async function startEngine(options: { folder: string; port?: number }): Promise<EmbeddedEngine> {
  const folder = resolve(options.folder);
  for (const deadline = Date.now() + ORPHAN_TIMEOUT; ; ) {
    try {
      const engine = await startOnce(folder, options.port ?? 0);
      for (const run of leftBehind(folder)) rmSync(run, { recursive: true, force: true });
      return engine;
    } catch (error) {
      const locked = error instanceof RedressError && error.code === 'store_locked';
      if (!locked || leftBehind(folder).length === 0 || Date.now() > deadline) throw error;
      await sleep(200);
    }
  }
}

/** The address of the engine that another process runs over a folder; null when none does. */
export async function runningEngine(folder: string): Promise<string | null> {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  for (const name of names) {
    const pid = /^\.run-(\d+)-\d+$/.exec(name)?.[1];
    const portFile = join(folder, name, 'port');
    if (pid === undefined || !lives(Number(pid)) || !existsSync(portFile)) continue;
    const url = `http://127.0.0.1:${readFileSync(portFile, 'utf8').trim()}`;
    if (await answers(url)) return url;
  }
  return null;
}

/** The run folders of processes that ended without tidying up: the engine of the last one may still be ending. */
function leftBehind(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const pid = /^\.run-(\d+)-\d+$/.exec(name)?.[1];
    return pid === undefined || lives(Number(pid)) ? [] : [join(folder, name)];
  });
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function startOnce(folder: string, port: number): Promise<EmbeddedEngine> {
  const run = join(folder, `.run-${process.pid}-${Date.now()}`);
  mkdirSync(run, { recursive: true });

  const hold = join(run, 'hold');
  const portFile = join(run, 'port');
  const startFile = join(run, 'start.sql');
  execFileSync('mkfifo', [hold]);
  writeFileSync(
    startFile,
    `SYSTEM START LISTEN HTTP;\nSELECT getServerPort('http_port') INTO OUTFILE '${portFile.replaceAll("'", "\\'")}' TRUNCATE FORMAT TSV;\n`,
  );
  // Read and write, so that opening does not wait for the engine to open its end.
  const holdHandle = openSync(hold, 'r+');
  const child = spawnEngine([
    `--path=${folder}`,
    `--http_port=${port}`,
    '--listen_host=127.0.0.1',
    '--queries-file',
    startFile,
    hold,
    // What follows is configuration of the server, not options of its command line.
    '--',
    `--backups.allowed_path=${backupsFolder(folder)}`,
  ]);
  const output = collectOutput(child);
  const exited = new Promise<void>((done) => child.once('exit', () => done()));

  let released = false;
  const release = () => {
    if (released) return;
    released = true;
    closeSync(holdHandle);
    rmSync(run, { recursive: true, force: true });
  };

  try {
    const address = await waitUntilReady(child, portFile, output, folder, port);
    return {
      url: address,
      pid: child.pid ?? 0,
      died: exited.then(() => {
        release();
        return output() || 'it said nothing';
      }),
      stop: async () => {
        // Left to itself the engine takes five seconds to notice the end of the FIFO. What it has acknowledged
        // is on disk and its merges are atomic, so it need not be waited for.
        child.kill('SIGTERM');
        const late = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT);
        await exited;
        clearTimeout(late);
        release();
      },
    };
  } catch (error) {
    child.kill('SIGKILL');
    // Until it is gone it holds the folder, and the next start would take it for somebody else's.
    await exited;
    release();
    throw error;
  }
}

function spawnEngine(args: readonly string[]): ChildProcess {
  const runsFromSource = import.meta.url.endsWith('.ts');
  const entry = fileURLToPath(
    new URL(runsFromSource ? './engine-process.ts' : './engine-process.js', import.meta.url),
  );
  const loader = runsFromSource ? ['--import', 'tsx'] : [];
  return spawn(process.execPath, [...loader, entry, engineLibrary(), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A Ctrl-C at the terminal goes to the whole process group; the engine must outlive the parent's last
    // writes and is told to stop by its FIFO.
    detached: true,
  });
}

/** Keeps the end of what the engine says, for the report when it fails. */
function collectOutput(child: ChildProcess): () => string {
  let text = '';
  const keep = (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-KEPT_OUTPUT);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return () => text.trim();
}

async function waitUntilReady(
  child: ChildProcess,
  portFile: string,
  output: () => string,
  folder: string,
  port: number,
): Promise<string> {
  const deadline = Date.now() + START_TIMEOUT;
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null || hasFailed(output()))
      throw startFailure(output(), folder, port);
    const found = existsSync(portFile) ? readFileSync(portFile, 'utf8').trim() : '';
    if (found !== '') {
      const url = `http://127.0.0.1:${found}`;
      if (await answers(url)) return url;
    }
    await sleep(20);
  }
  throw new RedressError(
    'store_unavailable',
    `the embedded ClickHouse did not start in ${START_TIMEOUT / 1000} s: ${output()}`,
  );
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/ping`)).ok;
  } catch {
    return false;
  }
}

const hasFailed = (output: string): boolean => output.includes('DB::Exception') || output.includes('Code: ');

function startFailure(output: string, folder: string, port: number): RedressError {
  if (output.includes('Cannot lock file'))
    return new RedressError(
      'store_locked',
      `another process holds the data folder ${folder}: stop it, use another folder, or set CLICKHOUSE_URL to its address`,
    );
  if (output.includes('Address already in use') || output.includes('NETWORK_ERROR'))
    return new RedressError(
      'port_in_use',
      `port ${port} for the embedded ClickHouse is taken: choose another, or 0 for a free one`,
    );
  return new RedressError(
    'store_unavailable',
    `the embedded ClickHouse did not start in ${folder}: ${output}`,
  );
}
