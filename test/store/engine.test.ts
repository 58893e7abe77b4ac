import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RedressError } from '../../src/model/errors.js';
import { startEngine } from '../../src/store/embedded/engine.js';
import { EventLog } from '../../src/store/event-log.js';
import { migrate } from '../../src/store/migrate.js';
import { Store } from '../../src/store/store.js';
import { ROOT } from '../deployment/repository.js';
import { arrived } from '../support/event.js';

let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'redress-engine-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const address = (url: string) => ({ url, username: 'default', password: '', database: 'redress' });

/** True when the process runs; one that has ended and that nobody has asked about yet does not. */
function lives(pid: number): boolean {
  const state = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
  return state !== '' && !state.startsWith('Z');
}

/** Another process that holds an engine over the folder. */
async function parentProcess(): Promise<{ parent: ChildProcess; pid: number }> {
  const script = `
    const { startEngine } = await import('./src/store/embedded/engine.ts');
    const { pid } = await startEngine({ folder: ${JSON.stringify(folder)} });
    console.log(pid);
    setInterval(() => {}, 60_000);`;
  const parent = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(parent);
  const [line] = (await once(parent.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  return { parent, pid: Number(line.toString()) };
}

describe('the embedded engine', () => {
  it('ends with its parent, also when that is killed, and lets the next one have the folder', async () => {
    const { parent, pid } = await parentProcess();
    expect(lives(pid)).toBe(true);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    // The engine has not noticed yet; the next start waits for it instead of sending people away.
    const next = await startEngine({ folder });
    await expect.poll(() => lives(pid)).toBe(false);
    expect(readdirSync(folder).filter((name) => name.startsWith('.run-'))).toHaveLength(1);
    await next.stop();
    expect(lives(next.pid)).toBe(false);
  });

  it('says which folder another process holds, at once', async () => {
    await parentProcess();
    const started = Date.now();
    const error: unknown = await startEngine({ folder }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RedressError);
    expect(error).toMatchObject({ code: 'store_locked', retryable: false });
    expect(String(error)).toContain(folder);
    expect(Date.now() - started).toBeLessThan(10_000);
  });

  it('says which port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const error: unknown = await startEngine({ folder, port }).catch((thrown: unknown) => thrown);
    other.close();
    expect(error).toMatchObject({ code: 'port_in_use' });
    expect(String(error)).toContain(String(port));
  });

  it('keeps every insert that it has acknowledged when it is killed itself', async () => {
    const engine = await startEngine({ folder });
    await migrate(address(engine.url));
    const store = new Store(address(engine.url));
    const events = new EventLog(store);
    let acknowledged = 0;
    let failure: unknown = null;
    const writing = (async () => {
      for (let batch = 0; failure === null; batch++) {
        const accepted = Array.from({ length: 10 }, (_, index) =>
          arrived({ eventId: `${batch}-${index}`, type: 'order.placed', occurredAt: 1e12 + batch }),
        );
        try {
          await events.write({ accepted, rejected: [] });
          acknowledged += accepted.length;
        } catch (error) {
          failure = error;
        }
      }
    })();
    await expect.poll(() => acknowledged, { timeout: 30_000 }).toBeGreaterThan(200);
    process.kill(engine.pid, 'SIGKILL');
    await writing;
    await store.close();
    expect(failure).toMatchObject({ code: 'store_unavailable', retryable: true });
    await engine.died;

    const again = await startEngine({ folder });
    const reopened = new Store(address(again.url));
    const [span] = await new EventLog(reopened).span();
    // The last batch may have been written without having been acknowledged, but not in part.
    expect([acknowledged, acknowledged + 10]).toContain(span?.events);
    await reopened.close();
    await again.stop();
  });
});
