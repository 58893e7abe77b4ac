import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AlertDesk } from '../../src/alerts/desk.js';
import type { JournalEntry } from '../../src/model/journal.js';
import { HOUR, hour, MINUTE, metric, POLICY, ROUTES, seen, T0 } from './fixtures.js';

const SLICES = ['all', 'region=GB', 'category=toys,region=GB'];
const BOTH = metric({ bad: 'both', alert: { for: 2, recover: 2, mergeGap: 3 * HOUR, criticalScore: 3 } });

/** What the world may do to the desk; time moves on by `minutes` first. */
const step = fc.record({
  minutes: fc.integer({ min: 0, max: 90 }),
  restart: fc.boolean(),
  what: fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('point' as const),
        slice: fc.constantFrom(...SLICES),
        status: fc.constantFrom('up', 'up', 'down', 'normal', 'not_evaluable'),
        score: fc.integer({ min: 1, max: 5 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('due' as const) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constantFrom('acknowledge' as const, 'resolve' as const),
        pick: fc.nat(),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('attempt' as const),
        outcome: fc.constantFrom(
          { outcome: 'sent' as const, messageRef: 'C1:1.0' },
          { outcome: 'retry' as const, reason: 'ratelimited', retryAfter: 7_000 },
          { outcome: 'failed' as const, reason: 'channel_not_found' },
        ),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('source' as const), stale: fc.boolean() }),
    },
  ),
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Entries as they come back from the store. */
const stored = (entries: readonly JournalEntry[]): JournalEntry[] => JSON.parse(JSON.stringify(entries));

const newDesk = () => new AlertDesk({ policies: [POLICY], routes: ROUTES });

function play(steps: readonly Step[], restarts: boolean): { journal: JournalEntry[]; desk: AlertDesk } {
  const journal: JournalEntry[] = [];
  let desk = newDesk();
  let now = T0;
  let bucket = 0;
  for (const { minutes, restart, what } of steps) {
    now += minutes * MINUTE;
    if (restart && restarts) {
      desk = newDesk();
      desk.restore(stored(journal));
    }
    bucket += 1;
    journal.push(...take(desk, what, now, bucket));
  }
  return { journal, desk };
}

function take(desk: AlertDesk, what: Step['what'], now: number, bucket: number): readonly JournalEntry[] {
  switch (what.kind) {
    case 'point': {
      const { slice, score } = what;
      const status = what.status as 'up' | 'down' | 'normal' | 'not_evaluable';
      return desk.observe(seen(hour(bucket), status, { slice, score, of: BOTH }), now);
    }
    case 'due':
      return desk.due(now);
    case 'source':
      return desk.sourceHealth('kafka', what.stale, null, now);
    case 'attempt': {
      const [delivery] = desk.dueDeliveries(now);
      return delivery === undefined ? [] : desk.recordAttempt(delivery.deliveryId, what.outcome, now);
    }
    default: {
      const alerts = desk.alerts();
      const alert = alerts[what.pick % Math.max(1, alerts.length)];
      if (alert === undefined) return [];
      const result = desk.act({ kind: what.kind, alertId: alert.alertId, actor: 'amira' }, now);
      return result.outcome === 'done' ? result.entries : [];
    }
  }
}

const stateOf = (desk: AlertDesk) => ({
  alerts: desk.alerts(),
  pending: desk.pendingDeliveries(),
  nextDue: desk.nextDue(),
});

test('a desk that is rebuilt from the journal goes on as if it had never stopped', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const lived = play(steps, false);
      const restarted = play(steps, true);
      expect(restarted.journal).toEqual(lived.journal);
      expect(stateOf(restarted.desk)).toEqual(stateOf(lived.desk));
    }),
    { numRuns: 300 },
  );
});

test('the newest entry of each id is enough to rebuild it', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { journal, desk } = play(steps, false);
      const newest = new Map(journal.map((entry) => [entry.id, entry]));
      const rebuilt = newDesk();
      rebuilt.restore(stored([...newest.values()]));
      expect(stateOf(rebuilt)).toEqual(stateOf(desk));
    }),
  );
});

test('every journal is sound: versions without gaps, one open alert for each fingerprint', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { journal, desk } = play(steps, true);
      const versions = new Map<string, number>();
      for (const { id, version } of journal) {
        expect(version).toBe((versions.get(id) ?? 0) + 1);
        versions.set(id, version);
      }
      const open = desk.alerts().filter(({ state }) => state === 'firing' || state === 'acknowledged');
      expect(new Set(open.map(({ fingerprint }) => fingerprint)).size).toBe(open.length);
    }),
  );
});
