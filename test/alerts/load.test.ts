import { expect, test } from 'vitest';
import { AlertDesk } from '../../src/alerts/desk.js';
import type { Route } from '../../src/model/alert.js';
import { MINUTE, SECOND } from '../../src/model/clock.js';
import type { JournalEntry } from '../../src/model/journal.js';
import { afterHour, HOUR, hour, POLICY, seen } from './fixtures.js';

const START = afterHour(hour(0));

/** Fires so many series within a minute; `region` has 20 values, `category` the rest. */
function storm(alerts: AlertDesk, count: number): JournalEntry[] {
  const entries: JournalEntry[] = [];
  for (let index = 0; index < count; index++) {
    const slice = `category=c${Math.floor(index / 20)},region=r${index % 20}`;
    entries.push(
      ...alerts.observe(seen(hour(0), 'up', { slice }), START + Math.floor((index * MINUTE) / count)),
    );
  }
  return entries;
}

const deliveries = (entries: readonly JournalEntry[]) =>
  entries.filter(({ stream, version }) => stream === 'delivery' && version === 1);

test('two thousand alerts in a minute are a message for each region, and a few entries for each alert', () => {
  const grouping = { by: ['region'], wait: 30 * SECOND, interval: 5 * MINUTE };
  const routes: Route[] = [{ match: {}, policy: POLICY.id, grouping }];
  const alerts = new AlertDesk({ policies: [POLICY], routes });
  const entries = storm(alerts, 2_000);
  const later: JournalEntry[] = [];
  for (let at = alerts.nextDue(); at !== null && at <= START + 3 * MINUTE; at = alerts.nextDue()) {
    later.push(...alerts.due(at));
    for (const { deliveryId } of alerts.dueDeliveries(at))
      later.push(...alerts.recordAttempt(deliveryId, { outcome: 'sent', messageRef: 'C1:1' }, at));
  }
  expect(deliveries(later)).toHaveLength(20);
  expect(entries.length).toBeLessThanOrEqual(2_000);
  const sent = later.filter(({ reason }) => reason === 'sent').map(({ at }) => at);
  expect(sent).toHaveLength(20);
  for (const [index, at] of sent.entries())
    if (index > 0) expect(at - (sent[index - 1] ?? 0)).toBeGreaterThanOrEqual(SECOND);
});

test('without groups the messages of a storm leave at the pace of their channel, and newer words take the place of older ones', () => {
  const alerts = new AlertDesk({ policies: [POLICY], routes: [{ match: {}, policy: POLICY.id }] });
  storm(alerts, 200);
  const sent: number[] = [];
  for (let at = START + MINUTE; at < START + HOUR; at += SECOND) {
    alerts.due(at);
    const due = alerts.dueDeliveries(at);
    const channels = due.map(({ target }) => target).filter((target) => target.startsWith('slack:'));
    expect(new Set(channels).size).toBe(channels.length);
    for (const { deliveryId, target } of due) {
      alerts.recordAttempt(deliveryId, { outcome: 'sent', messageRef: `${target}:1` }, at);
      if (target === 'slack:#disputes') sent.push(at);
    }
  }
  // Each alert is told once to the first channel, and once more when the second step says so.
  expect(sent).toHaveLength(400);
  expect(alerts.pendingDeliveries()).toEqual([]);
});
