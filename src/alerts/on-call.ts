import { DateTime } from 'luxon';
import { DAY, type Instant } from '../model/clock.js';
import type { Schedule } from '../model/schedule.js';
import { occurrenceFrom } from './weekly-hours.js';

/** The id of the owner who is on call at a moment; empty for nobody. */
export function onCallAt(schedule: Schedule, now: Instant): string {
  const override = schedule.overrides.findLast(({ from, to }) => from <= now && now < to);
  if (override !== undefined) return override.owner;
  if (schedule.hours !== null) {
    const occurrence = occurrenceFrom({ ...schedule.hours, timezone: schedule.timezone }, now);
    if (occurrence === null || occurrence.from > now) return '';
  }
  const turn = turnAt(schedule, now);
  return turn < 0 ? '' : (schedule.rotation[turn % schedule.rotation.length] ?? '');
}

/** Turns are counted in calendar days, so that the hand-over stays at its time of day when the clocks change. */
function turnAt({ timezone, startsOn, turnDays, handOver }: Schedule, now: Instant): number {
  const local = DateTime.fromMillis(now, { zone: timezone });
  const handedOver = local.hour * 60 + local.minute >= handOver;
  const day = local.startOf('day').minus({ days: handedOver ? 0 : 1 });
  const start = DateTime.fromISO(startsOn, { zone: timezone });
  const days = Math.round(
    day.setZone('UTC', { keepLocalTime: true }).diff(start.setZone('UTC', { keepLocalTime: true }), 'days')
      .days,
  );
  return Math.floor(days / turnDays);
}

/** Times in `[from, to)` at which nobody is on call. */
export function gapsOf(schedule: Schedule, from: Instant, to: Instant): { from: Instant; to: Instant }[] {
  const gaps: { from: Instant; to: Instant }[] = [];
  const moments = changesOf(schedule, from, to);
  for (const [index, moment] of moments.entries()) {
    const end = moments[index + 1] ?? to;
    if (onCallAt(schedule, moment) !== '') continue;
    const last = gaps.at(-1);
    if (last?.to === moment) last.to = end;
    else gaps.push({ from: moment, to: end });
  }
  return gaps;
}

/** The moments at which somebody else may be on call, `from` included, in order. */
function changesOf(schedule: Schedule, from: Instant, to: Instant): Instant[] {
  const { timezone, handOver, hours, overrides } = schedule;
  const moments = new Set([from, ...overrides.flatMap((override) => [override.from, override.to])]);
  const minutes = [handOver, ...(hours === null ? [] : [hours.from, hours.to])];
  const first = DateTime.fromMillis(from, { zone: timezone }).startOf('day');
  for (let day = 0; day * DAY <= to - from + DAY; day++)
    for (const minute of minutes) {
      const at = first.plus({ days: day }).set({ hour: Math.floor(minute / 60), minute: minute % 60 });
      moments.add(at.toMillis());
    }
  return [...moments].filter((moment) => moment >= from && moment < to).sort((a, b) => a - b);
}
