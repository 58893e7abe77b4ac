import type { Instant } from '../model/clock.js';
import type { FollowUp, Priority } from '../model/follow-up.js';
import type { FollowUpReason, FollowUpRecord } from './record.js';
import type { WorkDays } from './work-days.js';

/** The end of the work day of the owner's on which a follow-up of this priority is due. */
export function dueDate(
  from: Instant,
  priority: Priority,
  dueDays: Readonly<Record<Priority, number>>,
  days: WorkDays,
): Instant {
  return days.endOf(days.after(days.dayOf(from), dueDays[priority]));
}

/**
 * The next moment to remind the owner: on the morning of the work day `remindBefore` ms ahead of the due date, on that
 * of the due date, and on every work day after it. Never twice on one day, and never for a morning that had passed
 * when the follow-up was opened, handed over, or its date was set.
 */
export function nextReminder(followUp: FollowUpRecord, remindBefore: number, days: WorkDays): Instant {
  const { dueAt, remindedAt, remindFrom } = followUp;
  const since = Math.max(remindFrom, remindedAt ?? remindFrom);
  const remindedOn = remindedAt === null ? null : days.dayOf(remindedAt);
  const candidates = [
    days.upTo(days.dayOf(dueAt - remindBefore)),
    days.upTo(days.dayOf(dueAt)),
    days.after(days.dayOf(Math.max(dueAt, since)) + 1, 0),
  ];
  const mornings = candidates.filter((day) => day !== remindedOn).map((day) => days.morning(day));
  return Math.min(...mornings.filter((morning) => morning >= since));
}

/**
 * The next moment for the owner's lead to hear of it: the lead's first morning once it is overdue for `leadAfter` ms,
 * then each work day's. A new date or a new owner begins anew.
 */
export function nextClimb(
  { dueAt, remindFrom, climbed }: FollowUpRecord,
  leadAfter: number,
  lead: string,
  days: WorkDays,
): Instant {
  const first = days.morningFrom(Math.max(dueAt + leadAfter, remindFrom));
  return climbed?.to === lead ? Math.max(first, days.morningAfter(climbed.at)) : first;
}

/** Which reminder it is at this moment. */
export function reminderReason({ dueAt }: FollowUp, now: Instant, days: WorkDays): FollowUpReason {
  const today = days.dayOf(now);
  const dueDay = days.dayOf(dueAt);
  if (today < dueDay) return 'due_soon';
  return today === dueDay ? 'due_today' : 'overdue';
}
