import { describe, expect, it } from 'vitest';
import {
  bucketEnd,
  bucketStart,
  bucketStarts,
  type Calendar,
  nextBucketStart,
} from '../../src/metrics/buckets.js';
import { DAY, HOUR } from '../../src/model/clock.js';

const at = (text: string): number => Date.parse(text);
const calendar = (count: number, unit: Calendar['bucket']['unit'], timezone = 'Europe/London'): Calendar => ({
  bucket: { count, unit },
  timezone,
});

describe('buckets', () => {
  it('makes the day of the spring change one day of 23 hours, and of the autumn change one of 25', () => {
    const spring = bucketStart(at('2026-03-29T12:00:00Z'), calendar(1, 'day'));
    expect(spring).toBe(at('2026-03-29T00:00:00Z'));
    expect(bucketEnd(spring, calendar(1, 'day')) - spring).toBe(23 * HOUR);
    const autumn = bucketStart(at('2026-10-25T12:00:00Z'), calendar(1, 'day'));
    expect(autumn).toBe(at('2026-10-24T23:00:00Z'));
    expect(bucketEnd(autumn, calendar(1, 'day')) - autumn).toBe(25 * HOUR);
  });

  it('keeps the hour that comes twice as two buckets', () => {
    const hours = bucketStarts(at('2026-10-25T00:00:00Z'), at('2026-10-25T03:00:00Z'), calendar(1, 'hour'));
    expect(hours).toEqual([0, 1, 2].map((hour) => at('2026-10-25T00:00:00Z') + hour * HOUR));
  });

  it('aligns hours in zones that are half an hour off', () => {
    expect(bucketStart(at('2026-01-01T10:15:00Z'), calendar(1, 'hour', 'Asia/Kolkata'))).toBe(
      at('2026-01-01T09:30:00Z'),
    );
  });

  it('finds where the next whole bucket begins, which may be right there', () => {
    const day = calendar(1, 'day');
    const midnight = at('2026-06-01T23:00:00Z');
    expect(nextBucketStart(at('2026-06-01T10:00:00Z'), day)).toBe(midnight);
    expect(nextBucketStart(midnight, day)).toBe(midnight);
    expect(nextBucketStart(midnight + 1, day)).toBe(midnight + DAY);
  });

  it('counts several hours from the local midnight', () => {
    expect(bucketStart(at('2026-06-01T11:59:00Z'), calendar(6, 'hour'))).toBe(at('2026-06-01T11:00:00Z'));
    expect(bucketStart(at('2026-06-01T10:59:00Z'), calendar(6, 'hour'))).toBe(at('2026-06-01T05:00:00Z'));
  });

  it('begins weeks on Monday and months on the first', () => {
    expect(bucketStart(at('2026-11-22T23:00:00Z'), calendar(1, 'week'))).toBe(at('2026-11-16T00:00:00Z'));
    expect(bucketStart(at('2026-02-28T23:00:00Z'), calendar(1, 'month'))).toBe(at('2026-02-01T00:00:00Z'));
    expect(bucketEnd(at('2026-02-01T00:00:00Z'), calendar(1, 'month'))).toBe(at('2026-03-01T00:00:00Z'));
  });

  it.each([
    calendar(1, 'minute'),
    calendar(15, 'minute'),
    calendar(5, 'hour'),
    calendar(1, 'day'),
    calendar(3, 'day'),
    calendar(2, 'week'),
    calendar(5, 'month'),
  ])('covers a year without a gap or an overlap: $bucket.count $bucket.unit', (cut) => {
    const from = bucketStart(at('2025-12-20T00:00:00Z'), cut);
    const to = cut.bucket.unit === 'minute' ? from + 3 * DAY : from + 370 * DAY;
    for (let start = from; start < to; ) {
      const end = bucketEnd(start, cut);
      expect(end).toBeGreaterThan(start);
      expect(bucketStart(start, cut)).toBe(start);
      expect(bucketStart(end - 1, cut)).toBe(start);
      expect(bucketStart(end, cut)).toBe(end);
      start = end;
    }
  });
});
