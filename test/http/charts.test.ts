import { expect, it } from 'vitest';
import { chartAddress } from '../../src/http/chart-address.js';
import { DAY, SimulatedClock } from '../../src/model/clock.js';
import { application, FakeService, NOW } from './fake-service.js';

const SECRET = 'stand-in-signing-secret';

async function look(address: string, options: { now?: number; secrets?: string[] } = {}) {
  const app = application(new FakeService(), {
    clock: new SimulatedClock(options.now ?? NOW),
    signingSecrets: options.secrets ?? [SECRET],
    // Slack has no token of ours.
    tokens: [{ role: 'read', token: 'somebody-else' }],
    host: '0.0.0.0',
  });
  const { pathname, search } = new URL(address);
  return app.inject({ method: 'GET', url: pathname + search });
}

const address = (alertId = 'alert-1', secret = SECRET) =>
  chartAddress('https://redress.test/', secret, { alertId, version: 3, expires: NOW + DAY });

it('draws a chart for whoever has its address, until it expires', async () => {
  const answer = await look(address());
  expect([answer.statusCode, answer.headers['content-type'], answer.body]).toEqual([200, 'image/png', 'PNG']);
  expect((await look(address(), { now: NOW + DAY + 1 })).statusCode).toBe(403);
  expect((await look(address('gone'))).statusCode).toBe(404);
});

it.each([
  ['another alert', address().replace('alert-1', 'alert-2')],
  ['another version', address().replace('version=3', 'version=4')],
  ['a later end', address().replace(`expires=${NOW + DAY}`, `expires=${NOW + 9 * DAY}`)],
  ['a signature of another secret', address('alert-1', 'other')],
  ['no signature', address().replace(/signature=\w+/, 'signature=')],
])('shows nothing at an address that was changed: %s', async (_what, changed) => {
  expect((await look(changed)).statusCode).toBe(403);
});

it('goes by either of two secrets while one is changed, and by none when there is none', async () => {
  expect((await look(address(), { secrets: ['new', SECRET] })).statusCode).toBe(200);
  expect((await look(address('alert-1', ''), { secrets: [''] })).statusCode).toBe(403);
});
