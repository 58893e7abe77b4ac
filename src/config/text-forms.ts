import { z } from 'zod';
import { DAY, HOUR, MINUTE, SECOND, WEEK } from '../model/clock.js';
import type { BucketWidth } from '../model/metric.js';
import { didYouMean } from './did-you-mean.js';

/** What identifies things in configuration: it is shown in URLs, slices and messages, so it stays plain. */
export const IdSchema = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9_-]{0,63}$/,
    'must be 1 to 64 of a-z, 0-9, _ and -, starting with a letter or digit',
  );

/** How many alerts a week may be chance; `unlimited` shows what each detector finds. */
export const FalseAlertsSchema = z.union([z.number().gt(0), z.literal('unlimited')], {
  error: () => 'must be a number above 0 such as 2, or unlimited',
});

const DURATION_UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: SECOND,
  m: MINUTE,
  h: HOUR,
  d: DAY,
  w: WEEK,
};

/** A span of time such as `10m`, read into ms. */
export const DurationSchema = textForm('must be a duration such as 30s, 10m, 1h or 2d', (text) => {
  const match = /^(\d{1,6})(ms|s|m|h|d|w)$/.exec(text);
  return match === null ? null : Number(match[1]) * (DURATION_UNITS[match[2] as string] as number);
});

const BUCKET_UNITS: Readonly<Record<string, BucketWidth['unit']>> = {
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  week: 'week',
  month: 'month',
};

/**
 * A bucket's width such as `1h`. Widths are those that fill the next greater unit exactly: a day of 5 h
 * buckets would end in a bucket of 4 h, which no other could be compared with.
 */
export const BucketSchema = textForm(
  'must be a bucket width such as 5m, 1h, 1d, 1week or 1month that divides its hour or day evenly',
  (text): BucketWidth | null => {
    const match = /^(\d{1,3})(m|h|d|w|week|month)$/.exec(text);
    if (match === null) return null;
    const count = Number(match[1]);
    const unit = BUCKET_UNITS[match[2] as string] as BucketWidth['unit'];
    const whole = unit === 'minute' ? 60 : unit === 'hour' ? 24 : 1;
    return count > 0 && count < Math.max(whole, 2) && whole % count === 0 ? { count, unit } : null;
  },
);

/** A length of calendar time such as `30d` or `1month`: days and months are as long as they are. */
export const SpanSchema = textForm(
  'must be a span such as 30m, 12h, 30d or 1month',
  (text): BucketWidth | null => {
    const match = /^(\d{1,3})(m|h|d|w|week|month)$/.exec(text);
    const count = Number(match?.[1]);
    return match === null || count === 0
      ? null
      : { count, unit: BUCKET_UNITS[match[2] as string] as BucketWidth['unit'] };
  },
);

/** An IANA time zone by its exact name. */
export const TimezoneSchema = z.string().superRefine((name, context) => {
  if (isTimezone(name)) return;
  const hint = didYouMean(name, Intl.supportedValuesOf('timeZone'));
  context.addIssue({
    code: 'custom',
    message: `'${name}' is not an IANA time zone such as Europe/London${hint}`,
  });
});

/** True for IANA names; plain offsets such as `+01:00` are not, because they know no daylight saving. */
export function isTimezone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]*$/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** A moment in ISO 8601 with its offset, read into an instant. */
export const InstantSchema = textForm(
  'must be a date and time with offset such as 2026-11-27T00:00:00+01:00',
  (text) => {
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(text)) return null;
    const instant = Date.parse(text);
    return Number.isNaN(instant) ? null : instant;
  },
);

function textForm<Value>(requirement: string, parse: (text: string) => Value | null) {
  const message = (input: unknown): string => `${requirement}, not ${describeValue(input)}`;
  return z
    .string({ error: (issue) => (issue.input === undefined ? 'is missing' : message(issue.input)) })
    .transform((text, context): Value => {
      const value = parse(text);
      if (value !== null) return value;
      context.addIssue({ code: 'custom', message: message(text) });
      return z.NEVER;
    });
}

/** A value as a message shows it: text in quotes, structures by their kind. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 60 ? `${value.slice(0, 60)}…` : value}'`;
  if (Array.isArray(value)) return 'a list';
  if (value === null || value === undefined) return 'nothing';
  return typeof value === 'object' ? 'a mapping' : String(value);
}
