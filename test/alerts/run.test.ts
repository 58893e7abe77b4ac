import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AlertDesk } from '../../src/alerts/desk.js';
import { severityOf } from '../../src/alerts/impact.js';
import { anomalousIn, lengthened } from '../../src/alerts/run.js';
import { afterHour, hour, metric, POLICY, ROUTES, seen } from './fixtures.js';

/** The state of a series' alert after each of its points, `x` anomalous and `.` normal; `-` is none. */
function statesAfter(points: string, alert: { for: number; forOf?: number }): string {
  const desk = new AlertDesk({ policies: [POLICY], routes: ROUTES });
  const of = metric({ alert: { recover: 2, mergeGap: 0, criticalScore: 3, ...alert } });
  return [...points]
    .map((point, index) => {
      desk.observe(seen(hour(index), point === 'x' ? 'up' : 'normal', { of }), afterHour(hour(index)));
      return desk.alerts().at(-1)?.state.charAt(0) ?? '-';
    })
    .join('');
}

describe('an alert that asks for points', () => {
  it.each([
    ['in a row: one normal point and it subsides', { for: 3 }, 'xx.xxx', 'pprppf'],
    ['3 of 5: two normal points between are forgiven', { for: 3, forOf: 5 }, 'x.x.x', 'ppppf'],
    ['3 of 5: a third normal point breaks the run', { for: 3, forOf: 5 }, 'x...xxx', 'ppprppf'],
    ['3 of 5: the oldest point falls out of the window', { for: 3, forOf: 5 }, 'xx..x.xx', 'ppppffff'],
    ['2 of 3, after one that fell out', { for: 2, forOf: 3 }, 'x..x.x', 'pprppf'],
    ['3 of 5: it ends as ever, and begins anew', { for: 3, forOf: 5 }, 'xxx..x', 'ppffrp'],
  ])('%s', (_promise, rule, points, states) => {
    expect(statesAfter(points, rule)).toBe(states);
  });

  it('fires exactly when n of the last m points of an unbroken run are anomalous', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 4 }),
        (points, n, more) => {
          const rule = { for: n, forOf: n + more };
          let run = '';
          points.forEach((anomalous, index) => {
            run = lengthened(run, anomalous, rule);
            const last = points.slice(Math.max(0, index + 1 - rule.forOf), index + 1);
            expect(anomalousIn(run) >= n).toBe(last.filter(Boolean).length >= n);
          });
        },
      ),
    );
  });
});

describe('an alert whose end asks for more than its beginning did', () => {
  const of = metric({
    bad: 'both',
    alert: { for: 1, recover: 2, recoverBelow: 0.8, mergeGap: 0, criticalScore: 3 },
  });
  /** After points in order, `x` above the band, `~` just within its upper edge, `.` well within, `v` just within the lower one. */
  const statesOf = (points: string): string => {
    const desk = new AlertDesk({ policies: [POLICY], routes: ROUTES });
    const disputes: Readonly<Record<string, number>> = { x: 20, '~': 14, '.': 11, v: 6 };
    const scores: Readonly<Record<string, number>> = { x: 2, '~': 0.9, '.': 0.2, v: 0.9 };
    return [...points]
      .map((point, index) => {
        const observed = { of, disputes: disputes[point] as number, score: scores[point] as number };
        desk.observe(seen(hour(index), point === 'x' ? 'up' : 'normal', observed), afterHour(hour(index)));
        return desk.alerts().at(-1)?.state.charAt(0) ?? '-';
      })
      .join('');
  };

  it.each([
    ['stays open on the inner edge of its band, and ends well within it', 'x~~~~..', 'ffffffr'],
    ['asks for such points in a row', 'x.~.~..', 'ffffffr'],
    ['has nothing to ask of the other side', 'xvv', 'ffr'],
    ['is as new by the next point out of band', 'x.x~..', 'fffffr'],
  ])('%s', (_promise, points, states) => {
    expect(statesOf(points)).toBe(states);
  });
});

describe('the severity of an alert', () => {
  const rule = { criticalScore: 3, criticalMinEvents: 5, criticalEvents: 500, criticalAmount: 10_000 };
  it.each([
    ['far out, with events enough', 3, 5, 0, 'critical'],
    ['far out, and hardly anybody concerned', 9, 4, 0, 'warning'],
    ['not far out', 2.9, 499, 9_999, 'warning'],
    ['not far out, and very many events', 1.1, 500, 0, 'critical'],
    ['not far out, and very much money', 1.1, 5, 10_000, 'critical'],
  ])('%s', (_case, score, impactCount, impactAmount, severity) => {
    expect(severityOf(score, { impactCount, impactAmount }, rule)).toBe(severity);
  });

  it('grows with what the episode has cost, and people hear that it worsened', () => {
    const desk = new AlertDesk({ policies: [POLICY], routes: ROUTES });
    const alert = { for: 1, recover: 2, mergeGap: 0, criticalScore: 3, criticalEvents: 30 };
    const of = metric({ alert });
    const reasons = [0, 1, 2, 3].flatMap((index) =>
      desk
        .observe(seen(hour(index), 'up', { of }), afterHour(hour(index)))
        .filter(({ stream }) => stream === 'alert')
        .map(({ reason }) => reason),
    );
    expect(reasons).toEqual(['fired', 'first_notification', 'anomalous', 'worsened', 'anomalous']);
    expect(desk.alerts()[0]).toMatchObject({ severity: 'critical', impactCount: 40 });
  });
});

describe('a level that has become the new normal', () => {
  const of = metric({ alert: { for: 2, recover: 3, mergeGap: 0, criticalScore: 3 } });
  const normalNow = (index: number) => {
    const observation = seen(hour(index), 'up', { of });
    return {
      ...observation,
      verdict: { ...observation.verdict, status: 'normal' as const, reason: 'new_normal' as const },
    };
  };

  it.each([
    ['one that fires', 2, ['new_normal']],
    ['one that has not fired yet', 1, ['subsided']],
    ['none', 0, []],
  ])('ends at once an alert, and tells those who were told of it: %s', (_which, points, reasons) => {
    const desk = new AlertDesk({ policies: [POLICY], routes: ROUTES });
    for (let index = 0; index < points; index += 1)
      desk.observe(seen(hour(index), 'up', { of }), afterHour(hour(index)));
    const entries = desk.observe(normalNow(points), afterHour(hour(points)));
    expect(entries.filter(({ stream }) => stream === 'alert').map(({ reason }) => reason)).toEqual(reasons);
    expect(
      entries.filter(({ stream, reason }) => stream === 'delivery' && reason === 'new_normal'),
    ).toHaveLength(reasons.includes('new_normal') ? (POLICY.steps[0]?.targets.length ?? 0) : 0);
    expect(desk.alerts().every(({ state }) => state === 'resolved')).toBe(true);
  });
});
