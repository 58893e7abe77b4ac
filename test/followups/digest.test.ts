import { describe, expect, test } from 'vitest';
import { FollowUpDesk } from '../../src/followups/desk.js';
import { buildDigest } from '../../src/followups/digest.js';
import type { FeedbackVerdict } from '../../src/model/alert.js';
import { DAY, HOUR, WEEK } from '../../src/model/clock.js';
import { type DigestContext, digestBlocks, digestMarkdown } from '../../src/notify/digest-message.js';
import type { Block } from '../../src/notify/slack-blocks.js';
import { alert, hour, OWNERS, SETTINGS, seen, T0 } from './fixtures.js';

const CONTEXT: DigestContext = {
  timezone: 'Europe/London',
  displayOf: () => ({
    title: 'Disputes per delivered order',
    unit: 'rate',
    counted: 'disputes',
    timezone: 'Europe/London',
    currency: 'EUR',
  }),
};

/** A week with one follow-up that was verified and relapsed, one that is overdue, and one of somebody else. */
function aWeek() {
  const desk = new FollowUpDesk({ owners: OWNERS, settings: SETTINGS });
  const alerts = ['GB', 'DE', 'FR'].map((region, i) =>
    alert({
      fingerprint: region,
      alertId: `${region}-1`,
      slice: `region=${region}`,
      owner: i === 2 ? 'lena' : 'amira',
      openedAt: hour(1),
    }),
  );
  const ids = alerts.map((of) => {
    const opened = desk.open(
      { alert: of, actor: 'kai', priority: 'urgent', title: `<b>*${of.slice}*</b>` },
      hour(3),
    );
    return opened.followUp?.followUpId ?? '';
  });
  const [first = ''] = ids;
  desk.act({ kind: 'acknowledge', followUpId: first, actor: 'amira' }, hour(5));
  desk.act({ kind: 'ship_fix', followUpId: first, actor: 'amira' }, hour(10));
  for (const index of [10, 11, 12]) desk.observe(seen(index, { value: 0.01 }), hour(index + 1));
  return { desk, alerts, ids };
}

const week = { from: T0, to: T0 + WEEK, owner: null };
const titles = (followUps: readonly { followUpId: string }[]) =>
  followUps.map(({ followUpId }) => followUpId);

describe('a digest', () => {
  test('says what was opened, verified, is overdue, and what alerts came of which metric', () => {
    const { desk, alerts, ids } = aWeek();
    const said = (verdict: FeedbackVerdict) => ({ verdict, by: 'amira', at: hour(41), note: '' });
    const again = alert({
      ...{ fingerprint: 'GB', alertId: 'GB-2', openedAt: hour(40), owner: 'amira' },
      feedback: said('true'),
    });
    const unwanted = alert({
      ...{ fingerprint: 'IT', alertId: 'IT-1', slice: 'region=IT', openedAt: hour(42) },
      feedback: said('false_alarm'),
    });
    const digest = buildDigest({ followUps: desk.followUps(), alerts: [...alerts, again, unwanted] }, week);
    expect(titles(digest.opened).sort()).toEqual([...ids].sort());
    expect(titles(digest.verified)).toEqual([ids[0]]);
    expect(titles(digest.overdue).sort()).toEqual([ids[1], ids[2]].sort());
    expect(digest.alerts).toEqual([
      { metric: 'dispute_rate', fired: 5, followedUp: 3, stillOpen: 5, judged: 2, precision: 0.5 },
    ]);
    expect(digest.noisiest).toEqual([
      { metric: 'dispute_rate', slice: 'region=IT', fired: 1, unwanted: 1 },
      { metric: 'dispute_rate', slice: 'region=GB', fired: 2, unwanted: 0 },
    ]);
    expect(digest.workload).toEqual({
      open: [
        {
          owner: 'amira',
          open: 1,
          overdue: 1,
          byPriority: { low: 0, normal: 0, high: 0, urgent: 1 },
          byAge: { days: 1, weeks: 0, months: 0 },
        },
        {
          owner: 'lena',
          open: 1,
          overdue: 1,
          byPriority: { low: 0, normal: 0, high: 0, urgent: 1 },
          byAge: { days: 1, weeks: 0, months: 0 },
        },
      ],
      timeToAcknowledge: 2 * HOUR,
      timeToFix: 7 * HOUR,
      timeToVerify: 3 * HOUR,
      reopenRate: 0,
      shareVerified: 1,
    });
  });

  test('of an owner is of that owner alone, and of another week of what happened then', () => {
    const { desk, alerts } = aWeek();
    const of = { followUps: desk.followUps(), alerts };
    expect(buildDigest(of, { ...week, owner: 'lena' }).opened).toHaveLength(1);
    const later = buildDigest(of, { from: T0 + 3 * WEEK, to: T0 + 4 * WEEK, owner: null });
    expect([later.opened, later.verified, later.alerts]).toEqual([[], [], []]);
    expect(later.ageing).toHaveLength(2);
    expect(later.workload.timeToFix).toBeNull();
  });

  test('counts what was opened again, and its share of what was ever verified', () => {
    const { desk, alerts, ids } = aWeek();
    desk.recurrence(alert({ fingerprint: 'GB', alertId: 'GB-2' }), hour(60));
    const digest = buildDigest({ followUps: desk.followUps(), alerts }, week);
    expect(titles(digest.reopened)).toEqual([ids[0]]);
    expect(digest.workload.reopenRate).toBe(1);
    expect(digest.verified).toEqual([]);
  });

  test('is written as Markdown in which what people typed is no markup', () => {
    const { desk, alerts } = aWeek();
    const text = digestMarkdown(buildDigest({ followUps: desk.followUps(), alerts }, week), CONTEXT);
    expect(text).toMatch(
      /^# Improvements, Mon 8 Jan 2024 to Mon 15 Jan 2024\n\n## Verified by the metric \(1\)\n/,
    );
    expect(text).toContain(
      '- **&lt;b&gt;\\*region=GB\\*&lt;/b&gt;**: 3% to 1%, 1% before the incident (3 points)',
    );
    expect(text).toContain('urgent, amira, 4 days overdue');
    expect(text).not.toContain('<b>');
  });

  test('is written for Slack within its limits, however long the week was', () => {
    const { desk, alerts } = aWeek();
    const many = Array.from({ length: 300 }, (_, i) => ({
      ...(desk.followUps()[1] ?? desk.followUps()[0]),
      followUpId: `f${i}`,
    })) as ReturnType<typeof desk.followUps>;
    const blocks: Block[] = digestBlocks(buildDigest({ followUps: many, alerts }, week), CONTEXT);
    expect(blocks.length).toBeLessThanOrEqual(50);
    const sections = blocks.flatMap((block) =>
      block.type === 'section' && 'text' in block ? [block.text.text] : [],
    );
    for (const text of sections) expect(text.length).toBeLessThanOrEqual(3_000);
    expect(sections.join('\n')).toMatch(/… and \d+ more/);
    expect(sections.join('\n')).not.toContain('<b>');
  });

  test('of a week without anything says so', () => {
    const digest = buildDigest({ followUps: [], alerts: [] }, { from: T0, to: T0 + DAY, owner: null });
    expect(digestMarkdown(digest, CONTEXT)).toContain('## Nothing happened');
  });
});
