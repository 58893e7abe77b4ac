import { DateTime } from 'luxon';
import type { Instant } from '../model/clock.js';
import type { FollowUp, Priority } from '../model/follow-up.js';
import type { FollowUpReason, FollowUpRecord } from './record.js';

/** Reminders come when the owner's day begins, not in the night that a deadline ends in. */
const REMINDER_HOUR = 9;

/** The end of the owner's calendar day on which a follow-up of this priority is due. */
export function dueDate(
  from: Instant,
  priority: Priority,
  dueDays: Readonly<Record<Priority, number>>,
  timezone: string,
): Instant {
  return at(from, timezone).plus({ days: dueDays[priority] }).endOf('day').toMillis();
}

/**
 * The next moment to remind the owner: on the morning of the day `remindBefore` ms ahead of the due date, on
 * that of the due date, and on every one after it. Never twice on one day, and never for a morning that had
 * passed when the follow-up was opened or its date was set.
 */
export function nextReminder(followUp: FollowUpRecord, remindBefore: number, timezone: string): Instant {
  const { dueAt, remindedAt, remindFrom } = followUp;
  const due = at(dueAt, timezone);
  const since = Math.max(remindFrom, remindedAt ?? remindFrom);
  const latest = at(Math.max(dueAt, since), timezone);
  const mornings = [at(dueAt - remindBefore, timezone), due, latest.plus({ days: 1 })];
  const open = mornings.map(morningOf).filter((morning) => {
    const remindedThatDay = remindedAt !== null && at(remindedAt, timezone).hasSame(morning, 'day');
    return morning.toMillis() >= since && !remindedThatDay;
  });
  return Math.min(...open.map((morning) => morning.toMillis()));
}

/** Which reminder it is at this moment. */
export function reminderReason({ dueAt }: FollowUp, now: Instant, timezone: string): FollowUpReason {
  const today = at(now, timezone).startOf('day');
  const dueDay = at(dueAt, timezone).startOf('day');
  if (today < dueDay) return 'due_soon';
  return today.hasSame(dueDay, 'day') ? 'due_today' : 'overdue';
}

function at(instant: Instant, timezone: string): DateTime {
  return DateTime.fromMillis(instant, { zone: timezone });
}

function morningOf(day: DateTime): DateTime {
  return day.startOf('day').set({ hour: REMINDER_HOUR });
}
