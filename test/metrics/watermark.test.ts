import { describe, expect, it } from 'vitest';
import { combinedWatermark, isStale, watermark } from '../../src/metrics/watermark.js';
import { HOUR, MINUTE } from '../../src/model/clock.js';

const rule = { idleAfter: MINUTE, staleAfter: 30 * MINUTE, forgetAfter: 6 * HOUR };
const now = Date.UTC(2026, 0, 1, 12);

describe('the watermark', () => {
  it('is unknown before the first event', () => {
    expect(watermark({ frontier: null, lastArrivalAt: null, lag: 0 }, now, rule)).toBeNull();
  });

  it('follows what has been ingested, not the clock', () => {
    expect(watermark({ frontier: now - HOUR, lastArrivalAt: now - 1, lag: 0 }, now, rule)).toBe(now - HOUR);
  });

  it('does not run ahead of the clock when a sender does', () => {
    expect(watermark({ frontier: now + HOUR, lastArrivalAt: now, lag: 0 }, now, rule)).toBe(now);
  });

  it('follows the clock once the source is idle and read to its end', () => {
    const idle = { frontier: now - HOUR, lastArrivalAt: now - 5 * MINUTE, lag: 0 };
    expect(watermark(idle, now, rule)).toBe(now - MINUTE);
    expect(watermark({ ...idle, lag: 10 }, now, rule)).toBe(now - HOUR);
  });

  it('stands still when the source has been quiet for too long, so that nothing is judged on silence', () => {
    const lastArrivalAt = now - 3 * HOUR;
    const source = { frontier: lastArrivalAt, lastArrivalAt, lag: 0 };
    expect(isStale(source, now, rule)).toBe(true);
    const held = watermark(source, now, rule);
    expect(held).toBe(lastArrivalAt + 29 * MINUTE);
    expect(watermark(source, now + HOUR, rule)).toBe(held);
  });

  it('is forgotten in the end, so that an idle source does not hold the others for ever', () => {
    const left = { frontier: now - 6 * HOUR, lastArrivalAt: now - 6 * HOUR, lag: 0 };
    const speaking = watermark({ frontier: now, lastArrivalAt: now, lag: 0 }, now, rule);
    expect(combinedWatermark([watermark(left, now - 1, rule), speaking])).toBe(now - 5.5 * HOUR - MINUTE);
    expect(combinedWatermark([watermark(left, now, rule), speaking])).toBe(now);
    expect(isStale(left, now, rule)).toBe(true);
    // What is known to wait is not silence.
    expect(watermark({ ...left, lag: 1 }, now, rule)).toBe(now - 6 * HOUR);
  });

  it('never goes back as time passes', () => {
    const source = { frontier: now, lastArrivalAt: now, lag: 0 };
    let last = Number.NEGATIVE_INFINITY;
    for (let later = 0; later < 2 * HOUR; later += 7_000) {
      const mark = watermark(source, now + later, rule) ?? 0;
      expect(mark).toBeGreaterThanOrEqual(last);
      last = mark;
    }
  });

  it('of several sources is the least, without those that have never spoken', () => {
    expect(combinedWatermark([5, null, 3])).toBe(3);
    expect(combinedWatermark([null])).toBeNull();
  });
});
