import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { run } from '../../src/cli/program.js';
import { sendEvents } from '../../src/cli/send-events.js';
import type { MarketplaceEvent } from '../../src/model/event.js';
import { arrived } from '../support/event.js';

/** A service that is busy at first. */
let server: Server;
let address: string;
const taken: string[] = [];
let refusals = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      if (refusals > 0) {
        refusals -= 1;
        response.writeHead(503, { 'retry-after': '0' }).end();
        return;
      }
      taken.push(...body.split('\n'));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => server.close());

beforeEach(() => {
  taken.length = 0;
  refusals = 0;
});

async function simulate(...args: string[]): Promise<{ status: number; err: string[] }> {
  const err: string[] = [];
  const status = await run(['simulate', ...args], { out: () => {}, err: (text) => err.push(text) });
  return { status, err };
}

const ids = () => taken.map((line) => (JSON.parse(line) as { event_id: string }).event_id);

it('sends every event once, in order of time, also through refusals', async () => {
  refusals = 2;
  const { status, err } = await simulate(
    '--days',
    '1',
    '--orders',
    '300',
    '--to',
    address,
    '--rate',
    '100000',
  );
  expect({ status, err }).toEqual({ status: 0, err: [`${taken.length} events sent to ${address}`] });
  expect(taken.length).toBeGreaterThan(500);
  expect(new Set(ids()).size).toBe(taken.length);
  const times = taken.map((line) => (JSON.parse(line) as { occurred_at: string }).occurred_at);
  expect(times).toEqual([...times].sort());
});

it('goes with the clock when it is live: what is past at once, the rest when it happens', async () => {
  const begun = Date.now();
  const events = [-60_000, -1, 500, 1_500].map(
    (after, index) =>
      arrived({ eventId: String(index), type: 'order.placed', occurredAt: begun + after }).event,
  );
  const sent: { ids: string[]; late: number }[] = [];
  const target = {
    send: async (batch: readonly MarketplaceEvent[]) => {
      sent.push({
        ids: batch.map(({ eventId }) => eventId),
        late: Date.now() - Math.max(...batch.map(({ occurredAt }) => occurredAt)),
      });
    },
    close: async () => {},
  };
  expect(await sendEvents(events, target, { rate: 1_000, live: true })).toBe(4);
  expect(sent.map((batch) => batch.ids)).toEqual([['0', '1'], ['2'], ['3']]);
  // A timer may ring a millisecond early.
  for (const { late } of sent) expect(late).toBeGreaterThanOrEqual(-2);
});

it('takes a start of so many days ago', async () => {
  expect((await simulate('--start', '2d ago', '--days', '1', '--orders', '50', '--to', address)).status).toBe(
    0,
  );
  const first = JSON.parse(taken[0] as string) as { occurred_at: string };
  expect(Math.abs(Date.parse(first.occurred_at) - (Date.now() - 2 * 86_400_000))).toBeLessThan(6 * 3_600_000);
});

it.each([
  [
    'an address that is neither',
    'ftp://elsewhere',
    2,
    "'ftp://elsewhere' is neither http://HOST:PORT nor kafka://",
  ],
  ['no service', 'http://127.0.0.1:1', 1, 'there is no service at http://127.0.0.1:1'],
  ['no broker', 'kafka://127.0.0.1:1/events', 1, 'Kafka at 127.0.0.1:1'],
])('says so when there is %s', async (_, to, expected, words) => {
  const { status, err } = await simulate('--days', '1', '--orders', '50', '--to', to);
  expect(status).toBe(expected);
  expect(err.join('\n')).toContain(words);
});
