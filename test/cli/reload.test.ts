import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { freePort } from '../support/free-port.js';
import { configurationFolder, RunningCommand, redress } from './process.js';

const ORDERS = '- { id: orders, title: Orders, kind: count, of: { event: order.placed }, timezone: UTC }\n';

it('takes a new configuration on SIGHUP and by API without letting its store go, and refuses a wrong one whole', async () => {
  const { config, data } = configurationFolder();
  const port = await freePort();
  const service = `clickhouse: { data: ${JSON.stringify(data)}, port: 0 }\nhttp: { port: ${port} }\n`;
  writeFileSync(join(config, 'redress.yaml'), service);
  const metrics = join(config, 'metrics.yaml');
  const url = `http://127.0.0.1:${port}`;
  const running = new RunningCommand(['start', '--json', '--config', config]);
  await running.said('address');
  const send = async (id: string) => {
    const body = JSON.stringify({ event_id: id, type: 'order.placed', occurred_at: Date.now() });
    const answer = await fetch(`${url}/v1/events`, { method: 'POST', body });
    expect(await answer.json()).toEqual({ accepted: 1, rejected: [] });
  };
  await send('before');

  writeFileSync(metrics, `${ORDERS}- { id: broken, kind: nonsense }\n`);
  const refused = await redress(['reload', '--url', url]);
  expect(refused.status).toBe(2);
  expect(refused.err).toMatch(/metrics\.yaml:2:\d+ {2}\S.*\n/);
  expect(refused.err).toContain('the old one goes on');
  await send('while it is refused');

  writeFileSync(metrics, ORDERS);
  expect(await redress(['check', '--config', config, '--against-running', '--url', url])).toMatchObject({
    status: 0,
  });
  expect(await redress(['reload', '--url', url])).toMatchObject({
    status: 0,
    out: 'the new configuration takes effect\n',
  });
  await answering(url);
  await send('after the call');

  running.child.kill('SIGHUP');
  await sleep(200);
  await answering(url);
  await send('after the signal');

  running.child.kill('SIGTERM');
  const { status, err } = await running.finished;
  expect(status).toBe(0);
  expect(err.match(/the new configuration is in effect/g)).toHaveLength(2);
  rmSync(config, { recursive: true });
}, 60_000);

async function answering(url: string): Promise<void> {
  const ready = async () => (await fetch(`${url}/readyz`).catch(() => null))?.ok ?? false;
  await sleep(100);
  await expect.poll(ready, { timeout: 15_000 }).toBe(true);
}
