import { expect, it } from 'vitest';
import { audit } from '../../src/alerts/audit.js';
import type { Alert } from '../../src/model/alert.js';
import { causeLines } from '../../src/notify/cause-words.js';
import { consoleNotifier } from '../../src/notify/console.js';
import { at, configuration, disputeRate, Timeline } from './timeline.js';

const REGIONS = ['GB', 'DE', 'FR'];

/** The rate and the number of disputes go wrong because of one region, the number an hour after the rate. */
it('tells of two metrics with the same cause in one message, takes them as one, and remembers it', async () => {
  const count = disputeRate({
    id: 'dispute_count',
    title: 'Disputes',
    measure: { kind: 'count', of: { event: ['dispute.opened'], where: {}, ignore: [] } },
    alert: { for: 2, recover: 2, mergeGap: 0, criticalScore: 1_000 },
  });
  const timeline = await Timeline.begin(configuration({ metrics: [disputeRate(), count] }));
  const printed: string[] = [];
  const console = consoleNotifier((text) => printed.push(text), { owners: [], dashboardsUrl: '' });
  let causes: string[] | null = null;
  timeline.answer = (target, notification) => {
    if (target === 'console') void console.send(target, notification);
    if (notification.kind === 'alert') causes = causeLines(notification);
    return { outcome: 'sent', messageRef: `there:${notification.delivery.subject.id}` };
  };
  const usual = REGIONS.map((region) => ({ region, orders: 300, disputes: 15 }));
  const worse = usual.map((traffic) => (traffic.region === 'GB' ? { ...traffic, disputes: 90 } : traffic));
  await timeline.traffic(at('00:00', -2), at('10:00'), ...usual);
  await timeline.traffic(at('10:00'), at('14:00'), ...worse);
  await timeline.traffic(at('14:00'), at('18:00'), ...usual);

  await timeline.until(at('11:10'));
  expect(causes).toEqual([expect.stringMatching(/^region GB: /)]);
  const { alertId } = (await timeline.alerts()).find(({ state }) => state === 'firing') as Alert;
  await timeline.command((redress, now) =>
    redress.commands.alert({ kind: 'acknowledge', alertId, actor: 'ann' }, now),
  );
  await timeline.restart('killed');
  await timeline.until(at('12:10'));
  const joined = (await timeline.alerts()).find(({ metric }) => metric === 'dispute_count');
  expect(joined).toMatchObject({
    state: 'acknowledged',
    acknowledgedBy: 'ann',
    leadsGroup: false,
    sameCause: { alertId, slice: 'region=GB' },
  });
  expect(printed.at(-1)).toBe('Acknowledged: 2 alerts, same cause: region GB\n  2 of its alerts are open.');

  await timeline.restart('killed');
  await timeline.until(at('17:30'));
  const journal = await timeline.journal();
  const roots = journal
    .filter(({ stream, reason }) => stream === 'delivery' && reason === 'sent')
    .map(({ body }) => (body as unknown as { messageRef: string }).messageRef);
  expect(new Set(roots).size).toBe(1);
  expect(printed.at(-1)).toMatch(/^Resolved: 2 alerts, same cause: region GB/);
  expect(audit(journal, { since: 0, now: at('17:30'), patience: 3_600_000 })).toEqual([]);
});
