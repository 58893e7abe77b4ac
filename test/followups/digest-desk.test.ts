import { describe, expect, test } from 'vitest';
import { DigestDesk } from '../../src/followups/digest-desk.js';
import { DAY, HOUR, type Instant, WEEK } from '../../src/model/clock.js';
import type { DeliveryRequest } from '../../src/model/delivery.js';
import type { DigestReader, DigestSettings } from '../../src/model/digest.js';
import type { JournalEntry } from '../../src/model/journal.js';

const CHANNEL: DigestReader = { target: 'slack:#improvements', owner: null, timezone: 'Europe/London' };
const KAI: DigestReader = { target: 'slack:UKAI', owner: 'kai', timezone: 'America/New_York' };
const settings = (...readers: DigestReader[]): DigestSettings => ({ weekday: 1, minute: 9 * 60, readers });

/** A Thursday; the Monday after it is the 26th of March, after London's clocks have gone forward. */
const START = Date.UTC(2026, 2, 26, 12);
const MONDAY = Date.UTC(2026, 2, 30, 8);

const iso = (at: Instant) => new Date(at).toISOString().slice(0, 16);
const told = (requests: readonly DeliveryRequest[]) =>
  requests.map(({ subject, to }) =>
    subject.kind === 'digest' ? [to[0], subject.id, iso(subject.from), iso(subject.to)] : [],
  );

/** What the journal holds once the requests are deliveries. */
const journalOf = (requests: readonly DeliveryRequest[], at: Instant): JournalEntry[] =>
  requests.map(({ subject, to: [target = ''] }) => ({
    ...{
      stream: 'delivery',
      id: `${subject.id}.${target}`,
      version: 1,
      at,
      actor: 'system',
      reason: 'digest',
    },
    body: JSON.parse(JSON.stringify({ subject, target })),
  }));

describe('a weekly digest', () => {
  test("comes on the day and at the time of its reader's own time zone, for the week as the reader lived it", () => {
    const desk = new DigestDesk(settings(CHANNEL, KAI), () => true);
    expect(desk.nextDue(START)).toBe(MONDAY);
    expect(desk.due(MONDAY - 1)).toEqual([]);
    // The week in which London lost an hour.
    expect(told(desk.due(MONDAY))).toEqual([
      ['slack:#improvements', 'digest-everybody-2026-03-30', '2026-03-23T09:00', '2026-03-30T08:00'],
    ]);
    expect(desk.nextDue(MONDAY)).toBe(MONDAY + 5 * HOUR);
    expect(told(desk.due(MONDAY + 5 * HOUR))).toEqual([
      ['slack:UKAI', 'digest-kai-2026-03-30', '2026-03-23T13:00', '2026-03-30T13:00'],
    ]);
    expect(desk.nextDue(MONDAY + 6 * HOUR)).toBe(MONDAY + WEEK);
  });

  test('comes once, also when the process ends before, between and after', () => {
    const journal: JournalEntry[] = [
      { stream: 'progress', id: 'm', version: 1, at: START, actor: 'system', reason: 'judged', body: {} },
    ];
    const restarted = () => {
      const desk = new DigestDesk(settings(CHANNEL), () => true);
      desk.restore(journal);
      return desk;
    };
    // Down at nine, back at ten: it is made up for.
    const late = MONDAY + HOUR;
    expect(restarted().nextDue(late)).toBe(MONDAY);
    expect(told(restarted().due(late))).toHaveLength(1);
    // Killed before it was written, so it is asked for again, under the same id.
    const asked = restarted().due(late);
    expect(asked.map(({ subject }) => subject.id)).toEqual(['digest-everybody-2026-03-30']);
    journal.push(...journalOf(asked, late));
    expect(restarted().due(late)).toEqual([]);
    expect(restarted().nextDue(late)).toBe(MONDAY + WEEK);
  });

  test('that nobody could send for days, or that a jump of the clock has passed over, is not made up for', () => {
    const desk = new DigestDesk(settings(CHANNEL), () => true);
    expect(desk.due(START)).toEqual([]);
    expect(desk.due(MONDAY + 3 * DAY)).toEqual([]);
    // A year on, a Tuesday: the newest only, and not one for each week.
    const jumped = Date.UTC(2027, 3, 6, 12);
    expect(told(desk.due(jumped)).map(([, id]) => id)).toEqual(['digest-everybody-2027-04-05']);
    expect(desk.due(jumped)).toEqual([]);
    // And a clock that is set back sends no second one.
    expect(desk.due(MONDAY + WEEK)).toEqual([]);
  });

  test('goes to nobody who had nothing to do with the week, and to a channel in any case', () => {
    const desk = new DigestDesk(settings(CHANNEL, KAI), () => false);
    desk.nextDue(START);
    expect(told(desk.due(MONDAY + 5 * HOUR)).map(([target]) => target)).toEqual(['slack:#improvements']);
    expect(desk.nextDue(MONDAY + 5 * HOUR)).toBe(MONDAY + WEEK);
  });

  test('is nothing for a service that was begun after its time', () => {
    const desk = new DigestDesk(settings(CHANNEL), () => true);
    expect(desk.nextDue(MONDAY + 1)).toBe(MONDAY + WEEK);
    expect(new DigestDesk(settings(), () => true).nextDue(MONDAY)).toBeNull();
  });
});
