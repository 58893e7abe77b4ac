import { describe, expect, test } from 'vitest';
import type { Alert } from '../../src/model/alert.js';
import type { DeliveryReason } from '../../src/model/delivery.js';
import { alertWords } from '../../src/notify/alert-words.js';
import { changeWords } from '../../src/notify/change-words.js';
import type { AlertNotification, NotifiedGroup } from '../../src/notify/contract.js';
import { CONTEXT, makeAlert, makeDelivery, makeNotification } from './fixtures.js';

const inRegion = (region: string, changes: Partial<Alert> = {}) =>
  makeAlert({ alertId: region, slice: `category=toys,region=${region}`, groupId: 'g', ...changes });

const LEAD = inRegion('GB', { leadsGroup: true, severity: 'warning' });

function told(members: readonly Alert[], changes: Partial<NotifiedGroup & { reason: DeliveryReason }> = {}) {
  const { reason = 'first_notification', ...group } = changes;
  const [alert = LEAD] = members;
  const labels = { metric: 'dispute_rate', category: 'toys', direction: 'up' };
  const notification: AlertNotification = {
    ...makeNotification(),
    ...{ alert, annotations: [], delivery: makeDelivery({ reason }) },
    group: { groupId: 'g', labels, cause: '', members, ...group },
  };
  return { ...alertWords(notification, CONTEXT), change: changeWords(notification, CONTEXT) };
}

const linesOf = (words: ReturnType<typeof told>) =>
  words.lists.find(({ title }) => title === 'What fired together')?.lines;

describe('alerts that are shown as one thing', () => {
  const members = [
    LEAD,
    inRegion('FR', { impactCount: 12 }),
    inRegion('DE', { state: 'resolved', resolvedAt: 1 }),
  ];

  test('say what they have in common, and how each of them stands', () => {
    const words = told(members);
    expect(words.headline).toBe(
      'Critical: Disputes per delivered order, high in 3 places, all in category toys',
    );
    expect(linesOf(words)).toEqual([
      'category toys, region GB: 4.1%, expected 1.3%, 56 more',
      'category toys, region FR: 4.1%, expected 1.3%, 12 more',
      'category toys, region DE: over',
    ]);
  });

  test('say of whom the figures are, which are of the one that speaks for them', () => {
    const words = told(members);
    expect(words.summary).toMatch(/^category toys, region GB: latest value 4\.1% \(82 of 2,000\), /);
    expect(words.facts.find(({ label }) => label === 'Impact')?.text).toMatch(
      / \(category toys, region GB\)$/,
    );
    expect(told(members, { reason: 'worsened' }).change).toContain('region GB: latest value 4.1%');
  });

  test('of several metrics are counted, and those of other units are only named', () => {
    const refunds = inRegion('GB', { alertId: 'r', metric: 'refunds', title: 'Refunds' });
    const words = told([LEAD, refunds], { labels: { region: 'GB' }, cause: 'carrier=X' });
    expect(words.headline).toBe('Critical: 2 alerts, same cause: carrier X');
    expect(linesOf(words)?.[1]).toBe('Refunds, category toys, region GB');
  });

  test('that are hundreds are told by the first ten and their number', () => {
    const many = Array.from({ length: 500 }, (_, index) => inRegion(`R${index}`));
    const words = told(many);
    expect(linesOf(words)).toHaveLength(11);
    expect(linesOf(words)?.at(-1)).toBe('and 490 more');
    expect(words.headline).toContain('in 500 places');
  });

  test('tell in their thread how many are open and over, and are over when all are', () => {
    expect(told(members, { reason: 'group_changed' }).change).toBe('2 of its alerts are open, 1 is over.');
    const over = members.map((member) => ({ ...member, state: 'resolved' as const, resolvedAt: 1 }));
    expect(told(over).headline).toMatch(/^Resolved: /);
  });
});
