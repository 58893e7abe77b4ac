/** What people do to a follow-up, beyond moving it on: everything is kept, and nobody overwrites anybody unseen. */
import { describe, expect, test } from 'vitest';
import type { FollowUpCommand } from '../../src/followups/command.js';
import { FollowUpDesk } from '../../src/followups/desk.js';
import { baselineSpan } from '../../src/followups/measure/evidence.js';
import { DAY, HOUR } from '../../src/model/clock.js';
import type { Owner } from '../../src/model/owner.js';
import { ownerOf } from '../../src/model/owner.js';
import { alert, hour, OWNERS, SETTINGS } from './fixtures.js';
import { simulateHistory } from './histories.js';

type Asked = FollowUpCommand extends infer Each
  ? Each extends FollowUpCommand
    ? Omit<Each, 'followUpId'>
    : never
  : never;

function opened(settings = SETTINGS) {
  const desk = new FollowUpDesk({ owners: OWNERS, settings });
  const carriers = [{ slice: 'category=toys,region=GB', excess: 40, share: 0.67 }];
  const result = desk.open({ alert: alert({ carriers }), actor: 'amira' }, hour(3));
  if (result.outcome !== 'done') throw new Error(result.reason);
  const { followUpId } = result.followUp;
  const act = (asked: Asked, at = hour(4)) =>
    desk.act({ ...asked, followUpId } as FollowUpCommand, at, alert({ alertId: 'next' }));
  return { desk, followUpId, act };
}

describe('a follow-up carries', () => {
  test('what was found: expected and actual of the worst point, and the slices', () => {
    const { desk, followUpId } = opened();
    expect(desk.followUp(followUpId)?.found).toEqual({
      expected: 0.01,
      actual: 0.03,
      excess: 60,
      slices: [{ slice: 'category=toys,region=GB', excess: 40, share: 0.67 }],
    });
  });

  test('what people write, as it is written, with who and when, also after it is closed', () => {
    const { desk, followUpId, act } = opened();
    const text = '<b>Rückfrage</b> & "quotes"';
    act({ kind: 'note', actor: 'kai', text });
    act({ kind: 'set_action', actor: 'kai', action: 'Ask the carrier for scans' });
    act({ kind: 'set_due', actor: 'kai', dueAt: hour(30), reason: 'the carrier answers on Tuesday' });
    act({ kind: 'set_priority', actor: 'lena', priority: 'urgent', reason: 'it is in the news' });
    act({ kind: 'assign', actor: 'lena', owner: 'kai', reason: 'knows the carrier' });
    act({ kind: 'wont_do', actor: 'kai', note: 'contract ends' });
    act({ kind: 'note', actor: 'kai', text: 'see next year' });
    const { work, priority, owner } = desk.followUp(followUpId) ?? {};
    expect({ priority, owner, action: work?.action }).toEqual({
      priority: 'urgent',
      owner: 'kai',
      action: 'Ask the carrier for scans',
    });
    expect(work?.notes.map(({ actor, about, text }) => [actor, about, text])).toEqual([
      ['kai', 'note', text],
      ['kai', 'due', 'the carrier answers on Tuesday'],
      ['lena', 'priority', 'it is in the news'],
      ['lena', 'owner', 'knows the carrier'],
      ['kai', 'note', 'see next year'],
    ]);
  });

  test('a link once, however often a tracker reports it', () => {
    const { desk, followUpId, act } = opened();
    const link = {
      kind: 'link',
      url: 'https://tracker.example/1',
      title: 'Ticket 1: open',
      actor: 'tracker',
    } as const;
    act(link);
    expect(act(link)).toMatchObject({ outcome: 'done', entries: [] });
    act({ ...link, title: 'Ticket 1: done' });
    expect(desk.followUp(followUpId)?.work?.links).toEqual([
      { url: link.url, title: 'Ticket 1: done', addedAt: hour(4), addedBy: 'tracker' },
    ]);
  });

  test('several alerts of its metric, and tells in the thread of the newest', () => {
    const { desk, followUpId, act } = opened();
    act({ kind: 'attach_alert', actor: 'kai', alertId: 'next' });
    expect(desk.followUp(followUpId)).toMatchObject({
      alertIds: ['next', alert().alertId],
      alertId: alert().alertId,
    });
    expect(desk.forAlert('next')?.followUpId).toBe(followUpId);
    expect(act({ kind: 'attach_alert', actor: 'kai', alertId: 'next' })).toMatchObject({
      reason: 'already_done',
    });
    const stranger = alert({ alertId: 'other', metric: 'refund_rate' });
    expect(
      desk.act({ kind: 'attach_alert', actor: 'kai', alertId: 'other', followUpId }, hour(5), stranger),
    ).toMatchObject({ reason: 'other_metric' });
  });
});

test('a decision made on what somebody else has changed since is refused; notes never are', () => {
  const { desk, followUpId, act } = opened();
  const version = desk.followUp(followUpId)?.version ?? 0;
  act({ kind: 'set_due', actor: 'kai', dueAt: hour(30), reason: 'parts' });
  expect(act({ kind: 'assign', actor: 'lena', owner: 'kai', version })).toMatchObject({
    outcome: 'refused',
    reason: 'state_changed',
    followUp: { dueAt: hour(30), owner: 'amira' },
  });
  expect(act({ kind: 'note', actor: 'lena', text: 'hello', version })).toMatchObject({ outcome: 'done' });
});

describe('a rule for a severity', () => {
  const settings = { ...SETTINGS, openFor: ['critical'] as const };
  test('opens a follow-up when such an alert fires, once, and none for others', () => {
    const desk = new FollowUpDesk({ owners: OWNERS, settings });
    expect(desk.recurrence(alert({ severity: 'warning' }), hour(1)).entries).toEqual([]);
    expect(desk.recurrence(alert(), hour(1)).entries).toMatchObject([{ reason: 'opened', actor: 'system' }]);
    expect(desk.recurrence(alert(), hour(2)).entries).toEqual([]);
  });

  test('does not open again what somebody has decided not to do, for the reopen window', () => {
    const { desk, act } = opened(settings);
    act({ kind: 'wont_do', actor: 'kai', note: 'contract ends' });
    expect(desk.recurrence(alert({ alertId: 'next' }), hour(20)).entries).toEqual([]);
    const later = hour(20) + SETTINGS.reopenWindow;
    expect(desk.recurrence(alert({ alertId: 'next' }), later).entries).toMatchObject([{ reason: 'opened' }]);
  });
});

describe('by hand', () => {
  const history = simulateHistory({
    seed: 3,
    rate: 0.02,
    volume: 300,
    weeksBefore: 3,
    hoursDuring: 24,
    hoursAfter: 0,
    during: 2.5,
    after: 1,
    dispersion: 1,
    rhythm: 0.2,
  });
  const request = {
    metric: 'dispute_rate',
    slice: 'region=GB',
    direction: 'up',
    since: history.incidentFrom,
    actor: 'kai',
    title: 'More disputes than we like',
    metricOwner: 'amira',
    alert: null,
    evidence: history.evidence,
    samples: ['c-2', 'c-1'],
  } as const;

  test('a follow-up is opened with what the points say of before and since, and can be worked on without an alert', () => {
    const desk = new FollowUpDesk({ owners: OWNERS, settings: SETTINGS });
    const now = history.fixShippedAt;
    const result = desk.openByHand(request, now);
    if (result.outcome !== 'done') throw new Error(result.reason);
    expect(result.followUp).toMatchObject({ owner: 'amira', alertId: '', alertIds: [], priority: 'normal' });
    expect(result.followUp.during / result.followUp.baseline.expected).toBeGreaterThan(1.5);
    const { baseline, during, found } = result.followUp;
    expect(found).toMatchObject({ expected: baseline.expected, actual: during, samples: ['c-2', 'c-1'] });
    expect(found?.excess).toBeGreaterThan(0);
    // No alert has an audience yet, so it goes to the one who owns it.
    expect(result.tell).toMatchObject([{ alertId: '', to: ['slack:UAMIRA'] }]);
    expect(desk.openByHand(request, now)).toMatchObject({ reason: 'already_open' });
    const { followUpId } = result.followUp;
    expect(desk.act({ kind: 'ship_fix', followUpId, actor: 'kai' }, now)).toMatchObject({ outcome: 'done' });
  });

  test('not without enough history to hold a fix against', () => {
    const desk = new FollowUpDesk({ owners: OWNERS, settings: SETTINGS });
    const since = history.evidence.own[10]?.bucketStart ?? 0;
    expect(desk.openByHand({ ...request, since }, since + DAY)).toMatchObject({
      reason: 'too_little_history',
    });
  });
});

describe('who owns a slice', () => {
  const owner = (id: string, owns: Owner['owns']): Owner => ({
    id,
    name: id,
    slack: '',
    timezone: 'UTC',
    lead: '',
    owns,
  });
  const owners = [
    owner('everything', [{ metric: '', labels: {} }]),
    owner('britain', [{ metric: '', labels: { region: 'GB' } }]),
    owner('british-toys', [{ metric: '', labels: { region: 'GB', category: 'toys' } }]),
    owner('british-refunds', [{ metric: 'refund_rate', labels: { region: 'GB' } }]),
  ];
  test.each([
    ['dispute_rate', 'all', 'desk', 'desk'],
    ['dispute_rate', 'all', '', 'everything'],
    ['dispute_rate', 'region=GB', 'desk', 'britain'],
    ['refund_rate', 'region=GB', 'desk', 'british-refunds'],
    ['refund_rate', 'category=toys,region=GB', 'desk', 'british-toys'],
    ['dispute_rate', 'region=DE', 'desk', 'desk'],
  ])('%s of %s, the metric owned by "%s": %s', (metric, slice, metricOwner, expected) => {
    expect(ownerOf(owners, metric, slice, metricOwner)).toBe(expected);
  });
});

test('a fix is told of late with its own date, and the points since then count', () => {
  const history = simulateHistory({
    seed: 17,
    rate: 0.02,
    volume: 400,
    weeksBefore: 3,
    hoursDuring: 30,
    hoursAfter: 12,
    during: 3,
    after: 1,
    dispersion: 1,
    rhythm: 0.2,
  });
  const { evidence, incidentFrom, firedAt, fixShippedAt } = history;
  const desk = new FollowUpDesk({ owners: OWNERS, settings: SETTINGS });
  const of = alert({ startedAt: incidentFrom, openedAt: firedAt });
  const result = desk.open({ alert: of, actor: 'amira' }, firedAt);
  if (result.outcome !== 'done') throw new Error(result.reason);
  const told = fixShippedAt + 10 * HOUR;
  desk.act(
    { kind: 'ship_fix', followUpId: result.followUp.followUpId, actor: 'amira', shippedAt: fixShippedAt },
    told,
  );
  const point = evidence.own.find(({ bucketStart }) => bucketStart === told);
  if (point === undefined) throw new Error('no such hour');
  const verdict = {
    ...point,
    detector: 'combined',
    status: 'normal',
    reason: '',
    expected: null,
    lower: null,
    upper: null,
    score: null,
    direction: null,
  } as const;
  const wanted = desk.evidenceFor({ point, verdict }, told + HOUR);
  expect(wanted).toMatchObject({ slice: 'region=GB', to: told + HOUR, sisters: true });
  const { entries } = desk.observe({ point, verdict }, told + HOUR, evidence);
  expect(entries.map(({ reason }) => reason)).toEqual(['verifying', 'point_in_band', 'verified']);
});

test.each([
  ['a minute', 60, 12_000 / (60 * 24)],
  ['an hour', 3_600, 56],
  ['a day', 86_400, 60],
  ['a week', 604_800, 420],
])('before an incident in buckets of %s, %i s, %d days are looked at', (_name, seconds, days) => {
  expect(baselineSpan(seconds) / DAY).toBeCloseTo(days, 9);
});
