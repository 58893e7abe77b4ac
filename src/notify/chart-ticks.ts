import type { DateTimeUnit } from 'luxon';
import type { Instant } from '../model/clock.js';
import { inZone } from './wording.js';

/** A mark of a time axis: where it is and what it says. */
export interface TimeTick {
  at: Instant;
  label: string;
}

interface Step {
  unit: DateTimeUnit & ('minute' | 'hour' | 'day' | 'week' | 'month' | 'year');
  every: number;
  /** Where counting starts, so that the hours of a step are the same on every day. */
  from: DateTimeUnit;
  format: string;
}

const MOST_TICKS = 6;

const STEPS: readonly Step[] = [
  { unit: 'minute', every: 1, from: 'hour', format: 'HH:mm' },
  { unit: 'minute', every: 5, from: 'hour', format: 'HH:mm' },
  { unit: 'minute', every: 15, from: 'hour', format: 'HH:mm' },
  { unit: 'minute', every: 30, from: 'hour', format: 'HH:mm' },
  { unit: 'hour', every: 1, from: 'day', format: 'HH:mm' },
  { unit: 'hour', every: 3, from: 'day', format: 'HH:mm' },
  { unit: 'hour', every: 6, from: 'day', format: 'HH:mm' },
  { unit: 'hour', every: 12, from: 'day', format: 'HH:mm' },
  { unit: 'day', every: 1, from: 'day', format: 'ccc d LLL' },
  { unit: 'day', every: 2, from: 'day', format: 'ccc d LLL' },
  { unit: 'week', every: 1, from: 'week', format: 'd LLL' },
  { unit: 'week', every: 2, from: 'week', format: 'd LLL' },
  { unit: 'month', every: 1, from: 'month', format: 'LLL yyyy' },
  { unit: 'month', every: 3, from: 'year', format: 'LLL yyyy' },
  { unit: 'year', every: 1, from: 'year', format: 'yyyy' },
];

/**
 * Marks for a span of time at round moments of a time zone: midnights stay midnights over a change of the
 * clocks. At most six, of the finest step that allows it; a span of decades is thinned out.
 */
export function timeTicks(start: Instant, end: Instant, timezone: string): TimeTick[] {
  let ticks: TimeTick[] = [];
  for (const step of STEPS) {
    ticks = ticksOf(step, start, end, timezone);
    if (ticks.length <= MOST_TICKS) return ticks;
  }
  const every = Math.ceil(ticks.length / MOST_TICKS);
  return ticks.filter((_, index) => index % every === 0);
}

function ticksOf(step: Step, start: Instant, end: Instant, timezone: string): TimeTick[] {
  const ticks: TimeTick[] = [];
  const origin = inZone(start, timezone).startOf(step.from);
  for (let count = 0; ; count += step.every) {
    // A day is added as a day and an hour as a clock reading: 23 and 25 hour days keep their marks.
    const local =
      step.unit === 'hour'
        ? origin.plus({ days: Math.floor(count / 24) }).set({ hour: count % 24 })
        : origin.plus({ [`${step.unit}s`]: count });
    const at = local.toMillis();
    if (at > end || ticks.length > 500) return ticks;
    if (at < start) continue;
    const ofADay = step.unit === 'hour' || step.unit === 'minute';
    const midnight = ofADay && local.hour === 0 && local.minute === 0;
    ticks.push({ at, label: local.toFormat(midnight ? 'ccc d LLL' : step.format) });
  }
}
