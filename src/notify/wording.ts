import { DateTime } from 'luxon';
import { DAY, HOUR, type Instant, MINUTE } from '../model/clock.js';
import { ALL, parseSlice } from '../model/slice.js';
import type { MetricDisplay } from './contract.js';

/**
 * A value in the metric's unit as people read it: rates as a percentage, amounts with their currency, counts
 * with thousands. Small numbers keep about two or three digits that say something.
 */
export function formatValue(value: number, display: Pick<MetricDisplay, 'unit' | 'currency'>): string {
  if (!Number.isFinite(value)) return 'unknown';
  if (display.unit === 'rate') return `${formatNumber(value * 100, 'rate')}%`;
  if (display.unit === 'amount') return formatMoney(value, display.currency);
  return formatNumber(value, 'count');
}

/** A value as an axis has room for it: from 100,000 on as `£1.2M`. */
export function formatShort(value: number, display: Pick<MetricDisplay, 'unit' | 'currency'>): string {
  if (display.unit === 'rate' || Math.abs(value) < 100_000) return formatValue(value, display);
  const money = display.unit === 'amount' && isCurrency(display.currency);
  // British compact money says `m`, which reads as thousandths beside a count's `M`.
  return new Intl.NumberFormat('en-US', {
    notation: 'compact',
    ...(money ? { style: 'currency', currency: display.currency } : {}),
    maximumSignificantDigits: 3,
  }).format(value);
}

/** A sum of money; a currency that is not an ISO 4217 code is written behind the number as it came. */
export function formatMoney(amount: number, currency: string): string {
  if (!Number.isFinite(amount)) return 'unknown';
  const digits = Math.abs(amount) < 100 && !Number.isInteger(amount) ? 2 : 0;
  const fraction = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  if (!isCurrency(currency))
    return `${new Intl.NumberFormat('en-GB', fraction).format(amount)} ${currency}`.trim();
  return new Intl.NumberFormat('en-GB', { style: 'currency', currency, ...fraction }).format(amount);
}

const isCurrency = (text: string): boolean => /^[A-Z]{3}$/.test(text);

/** `0.9% to 1.8%`. A rate or a count is never below nothing, so neither is the band that is shown. */
export function formatBand(
  lower: number,
  upper: number,
  display: Pick<MetricDisplay, 'unit' | 'currency'>,
): string {
  const floor = display.unit === 'amount' ? lower : Math.max(0, lower);
  return `${formatValue(floor, display)} to ${formatValue(upper, display)}`;
}

function formatNumber(value: number, kind: 'rate' | 'count'): string {
  const size = Math.abs(value);
  if (kind === 'rate' && size > 0 && size < 1)
    return new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 2 }).format(value);
  const digits =
    kind === 'rate' ? (size < 10 ? 2 : size < 100 ? 1 : 0) : Number.isInteger(value) || size >= 100 ? 0 : 1;
  return new Intl.NumberFormat('en-GB', { maximumFractionDigits: digits }).format(value);
}

/** `Tue 3 Mar 2026, 14:00 GMT` in an IANA zone; a zone that does not exist falls back to UTC. */
export function formatInstant(instant: Instant, timezone: string): string {
  const local = inZone(instant, timezone);
  return local.isValid ? local.toFormat('ccc d LLL yyyy, HH:mm ZZZZ') : 'unknown';
}

/** An instant in an IANA zone, in UTC when there is no such zone. */
export function inZone(instant: Instant, timezone: string): DateTime {
  const local = DateTime.fromMillis(instant, { zone: timezone, locale: 'en-GB' });
  return local.isValid ? local : DateTime.fromMillis(instant, { zone: 'utc', locale: 'en-GB' });
}

/** A length of time in its one or two greatest units: `3 d 4 h`, `5 h`, `40 min`. */
export function formatDuration(milliseconds: number): string {
  const total = Math.max(0, milliseconds);
  const days = Math.floor(total / DAY);
  const hours = Math.floor((total % DAY) / HOUR);
  const minutes = Math.floor((total % HOUR) / MINUTE);
  if (days > 0) return hours > 0 ? `${days} d ${hours} h` : `${days} d`;
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`;
  return `${minutes} min`;
}

/** A slice in words: `category toys, region GB`; `overall` for the whole. Never throws: what is unreadable is shown raw. */
export function formatSliceWords(slice: string): string {
  if (slice === ALL) return 'overall';
  try {
    return Object.entries(parseSlice(slice))
      .map(([name, value]) => `${name} ${value === '' ? '(none)' : value}`)
      .join(', ');
  } catch {
    return slice;
  }
}

/** What makes text run the other way, so that `exe.txt` is shown where `txt.exe` stands. */
const TURNS_AROUND = /[\u202A-\u202E\u2066-\u2069]/g;

/** One line of clean text: no line breaks, control characters or turned directions, no half characters. */
export function oneLine(text: string): string {
  return text
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(TURNS_AROUND, '')
    .replace(/[\p{White_Space}\p{Cc}]+/gu, ' ')
    .trim();
}

/** The address, when it is one that a browser opens; null otherwise. */
export function webAddress(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
}

/** At most so many UTF-16 units, with line breaks kept and no character cut in half. */
export function cutTo(text: string, limit: number): string {
  const clean = text.replace(/\p{Surrogate}/gu, '\ufffd');
  return clean.length <= limit ? clean : clean.slice(0, limit).replace(/[\ud800-\udbff]$/, '');
}

/** The end of a day's work, 17:00 of `2026-03-01` in a zone. */
export function endOfDay(day: string, timezone: string): Instant {
  const local = DateTime.fromISO(`${day}T17:00`, { zone: timezone });
  return (local.isValid ? local : DateTime.fromISO(`${day}T17:00`, { zone: 'utc' })).toMillis();
}

/** From midnight to midnight of a day such as `2026-03-01` in a zone. */
export function spanOfDay(day: string, timezone: string): { from: Instant; to: Instant } {
  const local = DateTime.fromISO(day, { zone: timezone });
  const start = local.isValid ? local : DateTime.fromISO(day, { zone: 'utc' });
  return { from: start.toMillis(), to: start.plus({ days: 1 }).toMillis() };
}

/** To somebody who is up at night the morning that comes is that of the same date. */
const NIGHT_ENDS = 6;

/** Tomorrow at 9:00 in a zone, as people mean it: the next morning after a night's sleep. */
export function tomorrowMorning(now: Instant, timezone: string): Instant {
  const local = inZone(now, timezone);
  return local
    .plus({ days: local.hour < NIGHT_ENDS ? 0 : 1 })
    .set({ hour: 9, minute: 0, second: 0, millisecond: 0 })
    .toMillis();
}
