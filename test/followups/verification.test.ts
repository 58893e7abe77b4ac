/** Verified, not declared: whole verifications over simulated histories whose truth is known. */
import { describe, expect, test } from 'vitest';
import { FollowUpDesk } from '../../src/followups/desk.js';
import { measureEffect } from '../../src/followups/measure/effect.js';
import { baselineOf, evidenceUntil } from '../../src/followups/measure/evidence.js';
import { HOUR } from '../../src/model/clock.js';
import type { FollowUp } from '../../src/model/follow-up.js';
import { alert, OWNERS, SETTINGS, seen } from './fixtures.js';
import { type History, type Plan, simulateHistory, trueLevel } from './histories.js';

const RATE: Omit<Plan, 'seed'> = {
  rate: 0.02,
  volume: 150,
  weeksBefore: 3,
  hoursDuring: 36,
  hoursAfter: 24,
  during: 2.5,
  after: 1,
  dispersion: 1.8,
  rhythm: 0.3,
};
const COUNT: Omit<Plan, 'seed'> = {
  ...RATE,
  rate: 20,
  volume: null,
  dispersion: 2.5,
  rhythm: 0.5,
  during: 1.8,
};
const SHORT: Omit<Plan, 'seed'> = { ...RATE, hoursDuring: 12, during: 3, after: 1.4, dispersion: 1 };

const effectIn = (history: History) => {
  const baseline = baselineOf(history.evidence, history.incidentFrom);
  if (baseline === null) throw new Error('too little history');
  const course = { direction: 'up', duringFrom: history.incidentFrom, ...history } as const;
  const measured = measureEffect(baseline, history.evidence, course, new Set());
  if (measured?.effect.evidence === undefined) throw new Error('nothing was measured');
  return measured.effect.evidence;
};

/** Lives through a history from its fix on, hour by hour, as the pipeline would. */
function live(
  history: History,
  settings = SETTINGS,
  until = Number.POSITIVE_INFINITY,
): FollowUp & { reasons: string[] } {
  const { evidence, incidentFrom, firedAt, fixShippedAt } = history;
  const desk = new FollowUpDesk({ owners: OWNERS, settings });
  const incident = evidence.own.filter(
    ({ bucketStart }) => bucketStart >= incidentFrom && bucketStart < fixShippedAt,
  );
  const sum = (of: 'numerator' | 'denominator') =>
    incident.reduce((total, point) => total + (point[of] ?? 0), 0);
  const rate = sum('denominator') > 0;
  const first = { ...alert().first, denominator: rate ? 100 : null };
  const opened = desk.open(
    {
      alert: alert({
        startedAt: incidentFrom,
        openedAt: firedAt,
        first,
        last: { ...first, bucketStart: fixShippedAt - HOUR },
        episode: {
          points: incident.length,
          numerator: sum('numerator'),
          denominator: sum('denominator'),
          amount: 0,
        },
      }),
      actor: 'amira',
    },
    firedAt,
  );
  if (opened.outcome !== 'done') throw new Error(opened.reason);
  const { followUpId } = opened.followUp;
  desk.act({ kind: 'ship_fix', followUpId, actor: 'amira' }, fixShippedAt);
  const reasons: string[] = [];
  for (const point of evidence.own) {
    const end = point.bucketStart + HOUR;
    if (point.bucketStart < fixShippedAt || point.bucketStart >= until) continue;
    const judged = {
      point,
      verdict: { ...seen(0, { value: point.value }).verdict, bucketStart: point.bucketStart },
    };
    const wanted = desk.evidenceFor(judged, end);
    const known = wanted === null ? undefined : evidenceUntil(evidence, wanted.to);
    reasons.push(...desk.observe(judged, end, known).entries.map(({ reason }) => reason));
    if (reasons.at(-1) === 'fix_failed') break;
  }
  const followUp = desk.followUp(followUpId);
  if (followUp === undefined) throw new Error('the follow-up is gone');
  return { ...followUp, reasons };
}

const DAY_LONG = { ...SETTINGS, verifyPoints: 24 };

describe('the 90 % interval of the effect', () => {
  const plans = [RATE, COUNT, SHORT];
  test('covers the true effect in 90 ± 3 % of 600 histories', { timeout: 600_000 }, () => {
    const levels = plans.map((plan) => trueLevel({ ...plan, seed: 1 }));
    let covered = 0;
    for (let run = 0; run < 600; run++) {
      const plan = plans[run % plans.length] ?? RATE;
      const { difference } = effectIn(simulateHistory({ ...plan, seed: 1_000 + run }));
      const truth = (levels[run % plans.length] ?? 0) * (plan.after - plan.during);
      if (difference.lower <= truth && truth <= difference.upper) covered += 1;
    }
    expect(covered / 600).toBeGreaterThan(0.87);
    expect(covered / 600).toBeLessThan(0.93);
  });
});

describe('a fix without effect', () => {
  const without: Omit<Plan, 'seed'>[] = [
    { ...RATE, hoursAfter: 96, after: RATE.during },
    // Too small for any single point to be out of band.
    { ...RATE, hoursAfter: 96, during: 1.25, after: 1.25 },
    // Nothing was ever wrong: a false alarm that chance made.
    { ...RATE, hoursAfter: 96, during: 1, after: 1 },
    { ...COUNT, hoursAfter: 96, after: COUNT.during },
  ];
  test('is called verified in at most 5 % of 500 histories', { timeout: 600_000 }, () => {
    let verified = 0;
    for (let run = 0; run < 500; run++) {
      const plan = without[run % without.length] ?? RATE;
      if (live(simulateHistory({ ...plan, seed: 5_000 + run }), DAY_LONG).state === 'verified') verified += 1;
    }
    expect(verified / 500).toBeLessThanOrEqual(0.05);
  });

  test('is not verified by a general recovery that the untreated slices share', { timeout: 60_000 }, () => {
    const plan = { ...RATE, hoursAfter: 30, sisters: 3, sistersDuring: 2.5, sistersAfter: 1 };
    const lives = Array.from({ length: 20 }, (_, run) =>
      live(simulateHistory({ ...plan, seed: 300 + run }), DAY_LONG),
    );
    expect(lives.filter(({ state }) => state === 'verified').length).toBeLessThanOrEqual(1);
  });
});

describe('a fix that works', () => {
  test('is verified, with what it saves, and holds beyond what untreated sisters did', {
    timeout: 60_000,
  }, () => {
    const plan = { ...RATE, hoursAfter: 40, sisters: 3 };
    const lives = Array.from({ length: 20 }, (_, run) =>
      live(simulateHistory({ ...plan, seed: 900 + run }), DAY_LONG),
    );
    const verified = lives.filter(({ state }) => state === 'verified');
    expect(verified.length).toBeGreaterThanOrEqual(18);
    const evidence = verified[0]?.effect?.evidence;
    expect(evidence?.net?.sisters).toBe(3);
    expect(evidence?.net?.upper).toBeLessThan(0);
    expect(evidence?.savedPerWeek.lower).toBeGreaterThan(0);
    // A case costs 25 in these histories.
    expect(evidence?.moneyPerWeek.estimate).toBeCloseTo((verified[0]?.effect?.savedPerWeek ?? 0) * 25, 6);
  });

  test('of a count with a rhythm is held against the same hours of the week', { timeout: 60_000 }, () => {
    const plan = { ...COUNT, rate: 60, rhythm: 0.8, hoursAfter: 30 };
    const lives = Array.from({ length: 10 }, (_, run) =>
      live(simulateHistory({ ...plan, seed: 40 + run }), DAY_LONG),
    );
    expect(lives.filter(({ state }) => state === 'verified').length).toBeGreaterThanOrEqual(9);
  });

  test('and relapses while it is guarded is opened again', () => {
    const history = simulateHistory({ ...RATE, volume: 600, hoursAfter: 60, seed: 11 });
    const relapse = history.fixShippedAt + 50 * HOUR;
    for (const point of history.evidence.own) {
      if (point.bucketStart < relapse) continue;
      point.numerator *= 4;
      point.value *= 4;
    }
    const { state, reasons, note, timesReopened } = live(history, DAY_LONG);
    expect(reasons.slice(-2)).toEqual(['point_out_of_band', 'relapsed']);
    expect({ state, timesReopened }).toEqual({ state: 'open', timesReopened: 1 });
    expect(note).toMatch(/^2 points in a row out of band after it was verified/);
  });
});

test('a metric that gets worse while it is verified sends the fix back with the first point', () => {
  const history = simulateHistory({ ...RATE, volume: 600, after: 6, seed: 21 });
  const { state, reasons, note } = live(history, DAY_LONG);
  expect(reasons).toEqual(['fix_failed']);
  expect(state).toBe('in_progress');
  expect(note).toMatch(/^Worse than during the incident since the fix: \d/);
});

test('a series without data is never verified, however long it is quiet', () => {
  const history = simulateHistory({ ...RATE, seed: 31 });
  const { state } = live(history, DAY_LONG, history.fixShippedAt + 23 * HOUR);
  expect(state).toBe('verifying');
});
