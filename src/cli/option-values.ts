import { InvalidArgumentError } from 'commander';
import { DateTime, IANAZone } from 'luxon';
import { DurationSchema } from '../config/text-forms.js';
import type { Instant } from '../model/clock.js';

/** A time on the command line, in UTC where it names no zone. */
export function instant(text: string): Instant {
  const parsed = DateTime.fromISO(text, { zone: 'utc' });
  if (!parsed.isValid)
    throw new InvalidArgumentError(`'${text}' is not a time such as 2026-03-01 or 2026-03-01T08:00Z`);
  return parsed.toMillis();
}

/** The name of a time zone on the command line. */
export function timezone(text: string): string {
  if (IANAZone.isValidZone(text)) return text;
  throw new InvalidArgumentError(`'${text}' is not an IANA time zone such as Europe/London`);
}

/** A length of time on the command line, such as `12h`, in ms. */
export function duration(text: string): number {
  const read = DurationSchema.safeParse(text);
  if (read.success) return read.data;
  throw new InvalidArgumentError(read.error.issues[0]?.message ?? 'not a duration');
}
