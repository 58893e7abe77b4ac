import { describe, expect, it } from 'vitest';
import { completeUntil, isHeldByStale, type SourceView } from '../../src/metrics/completeness.js';
import { HOUR, MINUTE } from '../../src/model/clock.js';
import { metric, selector } from '../support/metric.js';

const now = Date.UTC(2026, 0, 1, 12);
const rule = { idleAfter: MINUTE, staleAfter: 30 * MINUTE, forgetAfter: 6 * HOUR };
const speaking = { frontier: now - MINUTE, lastArrivalAt: now, lag: 0 };
const quiet = { frontier: now - 2 * HOUR, lastArrivalAt: now - 2 * HOUR, lag: 0 };
const carried = (source: string, type: string, lastArrivalAt: number) => ({ source, type, lastArrivalAt });
const counting = (type: string) => metric({ id: type, measure: { kind: 'count', of: selector(type) } });
const rate = metric({
  id: 'dispute_rate',
  measure: {
    kind: 'ratio',
    numerator: selector('dispute.opened'),
    denominator: selector('order.delivered'),
  },
});

/** Orders come by Kafka, tickets by HTTP, which has been quiet for two hours; disputes by both. */
const view: SourceView = {
  streaming: [
    { source: 'http', ...quiet },
    { source: 'kafka', ...speaking },
  ],
  files: now - 24 * HOUR,
  carried: [
    carried('kafka', 'order.delivered', now),
    carried('kafka', 'dispute.opened', now),
    carried('http', 'dispute.opened', now - 7 * HOUR),
    carried('http', 'ticket.opened', now - 2 * HOUR),
    carried('file', 'refund.completed', now - HOUR),
  ],
};
const until = (of: ReturnType<typeof metric>, seen = view) => completeUntil(of, seen, now, rule);
const isHeld = (of: ReturnType<typeof metric>) => isHeldByStale(of, view, now, rule);

describe('a metric is complete up to', () => {
  it('where the sources that carry its events are: a quiet one holds only what depends on it', () => {
    expect(until(counting('order.delivered'))).toBe(now - MINUTE);
    expect(isHeld(counting('order.delivered'))).toBe(false);
    expect(until(counting('ticket.opened'))).toBe(now - 2 * HOUR + 29 * MINUTE);
    expect(isHeld(counting('ticket.opened'))).toBe(true);
  });

  it('the least of them, less those that have long stopped to bring its events', () => {
    expect(until(rate)).toBe(now - MINUTE);
    const recently = view.carried.map((it) => ({ ...it, lastArrivalAt: now - HOUR }));
    expect(until(rate, { ...view, carried: recently })).toBe(now - 2 * HOUR + 29 * MINUTE);
  });

  it('the least of all while none has brought any of its events, for any of them may', () => {
    expect(until(counting('review.posted'))).toBe(now - 2 * HOUR + 29 * MINUTE);
    expect(until(counting('refund.completed'))).toBe(now - 2 * HOUR + 29 * MINUTE);
  });

  it('where the files end as long as nothing streams', () => {
    expect(until(rate, { ...view, streaming: [] })).toBe(now - 24 * HOUR);
    expect(until(rate, { streaming: [], files: null, carried: [] })).toBeNull();
  });
});
