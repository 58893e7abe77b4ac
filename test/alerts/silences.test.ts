import { describe, expect, test } from 'vitest';
import { AlertDesk } from '../../src/alerts/desk.js';
import type { SilenceCommand } from '../../src/alerts/silence-command.js';
import type { Delivery } from '../../src/model/delivery.js';
import type { JournalEntry } from '../../src/model/journal.js';
import { afterHour, DAY, HOUR, hour, POLICY, ROUTES, seen, T0 } from './fixtures.js';

const told = (entries: readonly JournalEntry[]) =>
  entries
    .filter(({ stream, version }) => stream === 'delivery' && version === 1)
    .map(({ body }) => (body as unknown as Delivery).reason);
const reasons = (entries: readonly JournalEntry[], of: string) =>
  entries.filter(({ stream }) => stream === of).map(({ reason }) => reason);

const fire = (alerts: AlertDesk, slice: string, index = 0) =>
  alerts.observe(seen(hour(index), 'up', { slice }), afterHour(hour(index)));

const make = (changes: Partial<Extract<SilenceCommand, { kind: 'make' }>> = {}): SilenceCommand => ({
  kind: 'make',
  actor: 'amira',
  match: { region: ['GB'] },
  reason: 'the carrier is on strike',
  endsAt: hour(10),
  ...changes,
});

function silenced(command = make(), settings = {}) {
  const alerts = new AlertDesk({ policies: [POLICY], routes: ROUTES, ...settings });
  const result = alerts.silence(command, T0);
  if (result.outcome !== 'done') throw new Error(result.outcome);
  return { alerts, id: result.silence.silenceId, entries: result.entries };
}

describe('a silence', () => {
  test('records what matches and tells nobody, and announces it when it ends', () => {
    const { alerts } = silenced();
    expect(reasons(fire(alerts, 'region=GB'), 'alert')).toEqual(['fired']);
    expect(alerts.alerts()[0]).toMatchObject({ state: 'firing', silence: { author: 'amira' } });
    expect(told(fire(alerts, 'region=DE'))).toEqual(['first_notification']);
    expect(told(alerts.due(hour(10) - 1)).filter((word) => word !== 'escalated')).toEqual([]);
    const ended = alerts.due(hour(10));
    expect(reasons(ended, 'silence')).toEqual(['ended']);
    expect(reasons(ended, 'alert')).toContain('silence_ended');
    expect(told(ended)).toContain('first_notification');
  });

  test('of what people were told before stops the steps, and says that it is still there', () => {
    const alerts = new AlertDesk({ policies: [POLICY], routes: ROUTES });
    fire(alerts, 'region=GB');
    const made = alerts.silence(make({ match: { metric: { prefix: ['dispute'] } } }), hour(1));
    expect(made.outcome === 'done' && reasons(made.entries, 'alert')).toEqual(['silenced']);
    expect(told(alerts.due(hour(5)))).toEqual([]);
    const id = alerts.silences()[0]?.silenceId ?? '';
    const ended = alerts.silence({ kind: 'end', silenceId: id, actor: 'bo' }, hour(6));
    expect(ended.outcome === 'done' && told(ended.entries)).toEqual(['silence_ended']);
    const byWhom = ended.outcome === 'done' && ended.entries.find(({ reason }) => reason === 'silence_ended');
    expect(byWhom).toMatchObject({ stream: 'alert', actor: 'bo' });
  });

  test.each([
    [{ region: ['GB', 'IE'] }, true],
    [{ region: { not: ['GB'] } }, false],
    [{ region: { not: ['DE'] } }, true],
    [{ category: { not: ['toys'] } }, true],
    [{ region: { prefix: ['G'] }, severity: ['warning'] }, true],
    [{ region: ['GB'], severity: ['critical'] }, false],
    [{ owner: ['after-sales-gb'] }, true],
  ])('that asks for %j mutes GB’s warning: %s', (match, mutes) => {
    const { alerts } = silenced(make({ match }));
    fire(alerts, 'region=GB');
    expect(alerts.alerts()[0]?.silence !== null).toBe(mutes);
  });

  test('until all is resolved ends with the last alert, and at its cap at the latest', () => {
    const { alerts, id } = silenced(make({ untilResolved: true, endsAt: undefined }));
    fire(alerts, 'region=GB');
    fire(alerts, 'category=toys,region=GB');
    for (const slice of ['region=GB', 'category=toys,region=GB'])
      for (const index of [1, 2])
        alerts.observe(seen(hour(index), 'normal', { slice }), afterHour(hour(index)));
    expect(alerts.silenceById(id)).toMatchObject({ state: 'ended', endsAt: T0 + 30 * DAY });
  });

  test('until all is resolved ends at its cap though its alert is still there, which is announced then', () => {
    const { alerts, id } = silenced(make({ untilResolved: true, endsAt: undefined }));
    fire(alerts, 'region=GB');
    expect(told(alerts.due(T0 + 30 * DAY - 1))).toEqual([]);
    const ended = alerts.due(T0 + 30 * DAY);
    expect(reasons(ended, 'silence')).toEqual(['ended']);
    expect(told(ended)).toEqual(['first_notification']);
    expect(alerts.silenceById(id)?.state).toBe('ended');
    expect(alerts.alerts()[0]).toMatchObject({ state: 'firing', silence: null });
  });

  test('lasts thirty days at most, however far its end is put, when it is made and when it is edited', () => {
    const { alerts, id } = silenced(make({ endsAt: T0 + 90 * DAY }));
    expect(alerts.silenceById(id)?.endsAt).toBe(T0 + 30 * DAY);
    const later = T0 + 2 * DAY;
    const edit = { kind: 'edit', silenceId: id, actor: 'bo', endsAt: later + 90 * DAY } as const;
    expect(alerts.silence(edit, later).outcome).toBe('done');
    expect(alerts.silenceById(id)).toMatchObject({ state: 'active', endsAt: later + 30 * DAY });
    alerts.due(later + 30 * DAY);
    expect(alerts.silenceById(id)?.state).toBe('ended');
  });

  test('that recurs begins and pauses at its hours, in its own time zone, also when the clocks change', () => {
    // London's clocks go forward on 31 March 2024: 22:00 is then an hour earlier in UTC.
    const recurrence = { days: [1, 2, 3, 4, 5, 6, 7], from: 22 * 60, to: 6 * 60, timezone: 'Europe/London' };
    const start = Date.UTC(2024, 2, 29, 12);
    const alerts = new AlertDesk({ policies: [POLICY], routes: ROUTES });
    alerts.silence(make({ recurrence, endsAt: start + 4 * DAY }), start);
    const turns: string[] = [];
    for (let next = alerts.nextDue(); next !== null; next = alerts.nextDue())
      for (const { reason } of alerts.due(next))
        turns.push(`${reason} ${new Date(next).toISOString().slice(5, 16)}`);
    expect(turns).toEqual([
      'began 03-29T22:00',
      'paused 03-30T06:00',
      'began 03-30T22:00',
      'paused 03-31T05:00',
      'began 03-31T21:00',
      'paused 04-01T05:00',
      'began 04-01T21:00',
      'paused 04-02T05:00',
      'ended 04-02T12:00',
    ]);
  });

  test('that mutes nothing for long is reported, until it is over', () => {
    const { alerts } = silenced(make({ match: { region: ['XX'] }, endsAt: T0 + 9 * DAY }), {
      silenceIdleAfter: 2 * DAY,
    });
    expect(alerts.nextDue()).toBe(T0 + 2 * DAY);
    const reported = alerts.due(T0 + 2 * DAY);
    expect(reasons(reported, 'silence')).toEqual(['matches_nothing']);
    expect(alerts.alerts()[0]).toMatchObject({ kind: 'data_health', severity: 'info', state: 'firing' });
    expect(told(reported)).toEqual(['first_notification']);
    alerts.due(T0 + 9 * DAY);
    expect(alerts.alerts()[0]?.state).toBe('resolved');
  });

  test('of the calendar mutes while its entry lasts, and ends when the entry is gone', () => {
    const work = {
      annotationId: 'warehouse-move',
      kind: 'outage' as const,
      title: 'The warehouse moves',
      scope: 'region=GB',
      mutes: true,
      startsAt: hour(0),
      endsAt: hour(8),
    };
    const alerts = new AlertDesk({ policies: [POLICY], routes: ROUTES, annotations: [work] });
    const journal = [...alerts.due(hour(0)), ...fire(alerts, 'region=GB')];
    expect(alerts.alerts()[0]?.silence).toMatchObject({ author: 'calendar', reason: 'The warehouse moves' });
    const later = new AlertDesk({ policies: [POLICY], routes: ROUTES, annotations: [] });
    later.restore(JSON.parse(JSON.stringify(journal)));
    const woken = later.due(hour(3));
    expect(reasons(woken, 'silence')).toEqual(['left_the_calendar']);
    expect(told(woken)).toEqual(['first_notification']);
  });

  test.each([
    [make({ match: {} }), 'matches_everything'],
    [make({ endsAt: T0 - 1 }), 'not_in_the_future'],
    [make({ endsAt: undefined }), 'no_end'],
  ])('%# is refused for a reason', (command, reason) => {
    const alerts = new AlertDesk({ policies: [POLICY], routes: ROUTES });
    expect(alerts.silence(command, T0)).toMatchObject({ outcome: 'refused', reason });
    expect(alerts.silence({ kind: 'end', silenceId: 'none', actor: 'bo' }, T0)).toEqual({
      outcome: 'not_found',
    });
  });

  test('can be edited, which lets go what it no longer matches', () => {
    const { alerts, id } = silenced();
    fire(alerts, 'region=GB');
    const edit = {
      kind: 'edit',
      silenceId: id,
      actor: 'bo',
      match: { region: ['DE'] },
      endsAt: hour(20),
    } as const;
    const edited = alerts.silence(edit, hour(2));
    expect(edited.outcome === 'done' && told(edited.entries)).toEqual(['first_notification']);
    expect(alerts.silenceById(id)).toMatchObject({ endsAt: hour(20), match: { region: ['DE'] } });
    expect(alerts.silence({ kind: 'end', silenceId: id, actor: 'bo' }, hour(2) + HOUR).outcome).toBe('done');
    expect(alerts.silence(edit, hour(4))).toMatchObject({ reason: 'already_ended' });
  });
});
