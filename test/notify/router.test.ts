import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SimulatedClock } from '../../src/model/clock.js';
import { createNotifiers, createRouter } from '../../src/notify/index.js';
import { signWebhook } from '../../src/notify/webhook.js';
import {
  CONTEXT,
  makeAlert,
  makeDelivery,
  makeFollowUpNotification,
  makeNotification,
  NOON,
} from './fixtures.js';

let answer: { status: number; headers?: Record<string, string> } | 'silence';
let requests: { headers: IncomingHttpHeaders; body: string }[];
let printed: string[];
let address: string;

const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    requests.push({ headers: request.headers, body });
    if (answer !== 'silence') response.writeHead(answer.status, answer.headers).end('thanks');
  });
});

const router = (secret = 'shh') =>
  createRouter(
    createNotifiers({
      ...CONTEXT,
      print: (text) => printed.push(text),
      slack: null,
      trackers: { github: {}, jira: {} },
      webhooks: {
        addresses: { ops: address, gone: 'http://127.0.0.1:1/' },
        secret,
        clock: new SimulatedClock(NOON),
        // Only what never answers is given up soon; anything else takes as long as the machine does.
        timeout: answer === 'silence' ? 200 : 30_000,
      },
    }),
  );

beforeEach(async () => {
  answer = { status: 200 };
  requests = [];
  printed = [];
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('a target goes to the notifier of its scheme', () => {
  test.each(['pager:ops', 'slack:#disputes', 'webhook:toString', 'nonsense'])(
    '%s is unknown',
    async (target) => {
      expect(await router().send(target, makeNotification())).toEqual({
        outcome: 'failed',
        reason: 'unknown_target',
      });
    },
  );

  test('a target that cannot be asked has not been found', async () => {
    expect(await router().find('console', makeNotification())).toBeNull();
    expect(await router().find('pager:ops', makeNotification())).toBeNull();
  });
});

describe('the console', () => {
  test('shows an alert in full, then what has changed', async () => {
    const sent = await router().send('console', makeNotification());
    if (sent.outcome !== 'sent') throw new Error('not sent');
    const alert = makeAlert({ state: 'acknowledged', acknowledgedBy: 'Ann\n(night shift)' });
    const delivery = makeDelivery({ reason: 'acknowledged' });
    await router().send('console', makeNotification({ alert, delivery, rootRef: sent.messageRef }));
    expect(printed).toEqual([
      [
        'Critical: Disputes per delivered order, high in category toys, region GB',
        '  Latest value 4.1% (82 of 2,000), expected 1.3%, usually 0.9% to 1.8%.',
        '  Since:     Mon 16 Feb 2026, 11:00 GMT',
        '  Impact:    About 56 more disputes than expected, worth £1,235',
        '  State:     Open, nobody has acknowledged it yet',
        '  Owner:     After-sales GB',
        '  Runbook:   https://wiki.example.com/disputes?a=1&b=2',
        '  From:      category toys, region GB, scenario not_received: 86% of it (+48)',
        '             category toys, region GB, scenario damaged: 14% of it (+8)',
        '  Why:       The alert has just fired.',
        '  Dashboard: https://grafana.example.com/d/redress?var-metric=dispute_rate&var-slice=category%3Dtoys%2Cregion%3DGB&from=1771066800000&to=now',
      ].join('\n'),
      [
        'Acknowledged: Disputes per delivered order, high in category toys, region GB',
        '  Acknowledged by Ann (night shift). Nobody else is called.',
      ].join('\n'),
    ]);
  });
});

describe('a webhook', () => {
  test('gets signed JSON that names the delivery', async () => {
    const outcome = await router().send('webhook:ops', makeNotification());
    expect(outcome).toEqual({ outcome: 'sent', messageRef: 'd-1' });
    const { headers, body } = requests[0] ?? { headers: {}, body: '' };
    expect(headers['x-redress-delivery']).toBe('d-1');
    expect(headers['x-redress-timestamp']).toBe(String(NOON / 1_000));
    expect(headers['x-redress-signature']).toBe(signWebhook('shh', String(NOON / 1_000), body));
    expect(JSON.parse(body)).toMatchObject({
      delivery_id: 'd-1',
      reason: 'first_notification',
      alert: {
        alert_id: 'a-1',
        metric: 'dispute_rate',
        started_at: '2026-02-16T11:00:00.000Z',
        value: 0.041,
      },
      follow_up: null,
    });
  });

  test('hears of a turn of a follow-up by its word, with the follow-up as it has become', async () => {
    const turn = makeFollowUpNotification({
      delivery: makeDelivery({
        ...{ deliveryId: 'f-1.2', subject: { kind: 'follow_up', id: 'f-1', version: 2 } },
        ...{ reason: 'follow_up_changed', change: { what: 'started', actor: 'ann' } },
      }),
    });
    await router().send('webhook:ops', turn);
    const { headers, body } = requests[0] ?? { headers: {}, body: '' };
    expect(headers['x-redress-signature']).toBe(signWebhook('shh', String(NOON / 1_000), body));
    expect(JSON.parse(body)).toMatchObject({
      ...{ kind: 'follow_up', delivery_id: 'f-1.2', change: { what: 'started', actor: 'ann' } },
      follow_up: { follow_up_id: 'f-1', state: 'in_progress', version: 1 },
      alert: { alert_id: 'a-1' },
    });
  });

  test('is not signed without a secret', async () => {
    await router('').send('webhook:ops', makeNotification());
    expect(requests[0]?.headers['x-redress-signature']).toBeUndefined();
  });

  test('the signature is what any HMAC tool gives', () => {
    expect(signWebhook('key', '1', '{}')).toBe(
      'v1=1ba6b8171186efc613e8bcc0cbdab2748f24984d7c5a84faa2637afa0e40d224',
    );
  });

  test.each([
    [
      { status: 429, headers: { 'retry-after': '12' } },
      { outcome: 'retry', reason: 'http_429', retryAfter: 12_000 },
    ],
    [
      { status: 503, headers: { 'retry-after': 'Mon, 16 Feb 2026 12:01:00 GMT' } },
      { outcome: 'retry', reason: 'http_503', retryAfter: 60_000 },
    ],
    [{ status: 500 }, { outcome: 'retry', reason: 'http_500', retryAfter: null }],
    [{ status: 404 }, { outcome: 'failed', reason: 'http_404' }],
    [
      { status: 302, headers: { location: '/elsewhere' } },
      { outcome: 'failed', reason: 'http_302' },
    ],
    ['silence', { outcome: 'retry', reason: 'timeout', retryAfter: null }],
  ] as const)('%j becomes %j', async (given, outcome) => {
    answer = given;
    expect(await router().send('webhook:ops', makeNotification())).toEqual(outcome);
  });

  test('that nobody answers is tried again', async () => {
    expect(await router().send('webhook:gone', makeNotification())).toEqual({
      outcome: 'retry',
      reason: 'network_error',
      retryAfter: null,
    });
  });
});
