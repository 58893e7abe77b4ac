import { expect, test } from 'vitest';
import type { Route } from '../../src/model/alert.js';
import { HOUR, MINUTE, SECOND } from '../../src/model/clock.js';
import type { Delivery } from '../../src/model/delivery.js';
import type { JournalEntry } from '../../src/model/journal.js';
import { POLICY } from './fixtures.js';
import { weather } from './storm.js';

const CHANNEL = 'slack:#disputes';

const deliveries = (entries: readonly JournalEntry[]) =>
  entries.filter(({ stream, version }) => stream === 'delivery' && version === 1);

test('ten thousand alerts in a minute are decided and grouped within 5 s: a message for each region, an entry for each alert', () => {
  const grouping = { by: ['region'], wait: 30 * SECOND, interval: 5 * MINUTE };
  const routes: Route[] = [{ match: {}, policy: POLICY.id, grouping }];
  const { decided, fired, later, heap } = weather({ alerts: 10_000, routes, lasts: 3 * MINUTE });
  expect(decided).toBeLessThan(5_000);
  // Several times of what it is, so that only what grows without bound fails.
  expect(heap / 2 ** 20, 'MB that stay in memory').toBeLessThan(250);
  // One each, and one for each group that grows after its first message.
  expect(fired.length).toBeLessThanOrEqual(10_000 + 20);
  expect(deliveries(later)).toHaveLength(20);
  const sent = later.filter(({ reason }) => reason === 'sent').map(({ at }) => at);
  expect(sent).toHaveLength(20);
  for (const [index, at] of sent.entries())
    if (index > 0) expect(at - (sent[index - 1] ?? 0)).toBeGreaterThanOrEqual(SECOND);
});

test('without groups the messages of a storm leave at the pace of their channel, and newer words take the place of older ones', () => {
  const { desk, later } = weather({ alerts: 200, routes: [{ match: {}, policy: POLICY.id }], lasts: HOUR });
  const sent = later
    .filter(({ reason, body }) => reason === 'sent' && (body as unknown as Delivery).target === CHANNEL)
    .map(({ at }) => at);
  for (const [index, at] of sent.entries())
    if (index > 0) expect(at - (sent[index - 1] ?? 0)).toBeGreaterThanOrEqual(SECOND);
  // Each alert is told once to the first channel, and once more when the second step says so.
  expect(sent).toHaveLength(400);
  expect(desk.pendingDeliveries()).toEqual([]);
});
