import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { configurationFolder, jsonLines, RunningCommand, redress } from './process.js';

const redressYaml = (data: string, httpPort: number) =>
  `clickhouse: { data: ${JSON.stringify(data)}, port: 0 }\nhttp: { port: ${httpPort} }\n`;

describe('redress start', { timeout: 60_000 }, () => {
  it('answers on standard output, logs to standard error, and ends with 0 when it is told to', async () => {
    const { config } = configurationFolder();
    const service = new RunningCommand(['start', '--json', '--config', config]);
    const { address } = JSON.parse(await service.said('address')) as { address: string };
    const event = { event_id: 'e1', type: 'order.placed', occurred_at: Date.now() };
    const answer = await fetch(`${address}/v1/events`, { method: 'POST', body: JSON.stringify(event) });
    expect(await answer.json()).toEqual({ accepted: 1, rejected: [] });
    service.child.kill('SIGTERM');
    const { status, out, err } = await service.finished;
    expect(status).toBe(0);
    expect(jsonLines(out)).toMatchObject([{ address, clickhouse: expect.stringContaining('http') }]);
    expect(jsonLines(err).map(({ msg }) => msg)).toContain('listening');
  });

  it('outlives a hang-up that comes while it starts', async () => {
    const { config, data } = configurationFolder();
    const service = new RunningCommand(['start', '--json', '--config', config]);
    await expect.poll(() => existsSync(data), { timeout: 30_000, interval: 5 }).toBe(true);
    service.child.kill('SIGHUP');
    await service.said('address');
    service.child.kill('SIGTERM');
    const { status, err } = await service.finished;
    expect(status).toBe(0);
    expect(err).toContain('not reloaded: the service is still starting');
  });

  it('says which port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const { data } = configurationFolder();
    const { config } = configurationFolder({ 'redress.yaml': redressYaml(data, port) });
    const { status, err } = await redress(['start', '--config', config]);
    other.close();
    expect(status).toBe(1);
    expect(err).toContain(`127.0.0.1:${port} is in use`);
    expect(err).not.toMatch(/^\s+at /m);
  });

  it('ends with 1, and says why, when its engine is killed', async () => {
    const { config } = configurationFolder();
    const service = new RunningCommand(['start', '--json', '--config', config]);
    await service.said('address');
    const children = execFileSync('ps', ['-o', 'pid=,ppid=', '-A'], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number))
      .filter(([, parent]) => parent === service.child.pid);
    for (const [pid] of children) process.kill(pid ?? 0, 'SIGKILL');
    expect(children.length).toBeGreaterThan(0);
    const { status, err } = await service.finished;
    expect(status).toBe(1);
    expect(err).toContain('the embedded ClickHouse ended');
  });
});
