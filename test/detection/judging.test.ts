import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtinDetectors } from '../../detectors/index.js';
import { Calendar } from '../../src/detection/calendar.js';
import type { Detector, Judgement } from '../../src/detection/contract.js';
import { Judging } from '../../src/detection/judging.js';
import type { Annotation } from '../../src/model/annotation.js';
import { HOUR } from '../../src/model/clock.js';
import type { SavedJudge } from '../../src/model/judge-state.js';
import { metric } from '../support/metric.js';
import { judged, ratePoint, scripted, T0, together } from './fixtures.js';

const steady = scripted('steady', () => judged(0.2));
const throwing = scripted('throwing', () => {
  throw new Error('broken plug-in');
});
const infinite = scripted('infinite', () => judged(Number.POSITIVE_INFINITY));
const speechless = scripted('speechless', () => undefined as unknown as Judgement);
const evasive = scripted(
  'evasive',
  () => ({ status: 'not_evaluable', reason: 'busy' }) as unknown as Judgement,
);
const counting = scripted('counting', (_point, seen) => judged(seen / 100));

const using = (...names: string[]) => metric({ detect: names.map((use) => ({ use, params: {} })) });

function judging(
  detectors: readonly Detector[],
  options: {
    saved?: readonly SavedJudge[];
    annotations?: readonly Annotation[];
    restateHorizon?: number;
  } = {},
) {
  const faults: string[] = [];
  const made = new Judging({
    detectors,
    calendar: new Calendar(options.annotations ?? []),
    saved: options.saved ?? [],
    restateHorizon: options.restateHorizon ?? 0,
    reportFault: ({ detector, error }) => faults.push(`${detector}: ${(error as Error).message}`),
  });
  return { made, faults };
}

describe('judging', () => {
  it.each([
    ['throws', throwing, 'throwing: broken plug-in'],
    ['answers what is not a number', infinite, 'infinite: a judgement holds a number that is not finite'],
    [
      'gives a reason that there is not',
      evasive,
      'evasive: a detector can be unable to judge for cold_start or calendar alone',
    ],
    ['answers nothing', speechless, "speechless: Cannot read properties of undefined (reading 'status')"],
  ])('contains a detector that %s, and lets the others judge', (_what, faulty, report) => {
    const { made, faults } = judging([steady, faulty]);
    const result = made.judge(using(faulty.name, 'steady'), ratePoint(0, 10));
    expect(result?.verdicts).toMatchObject([
      { detector: faulty.name, status: 'not_evaluable', reason: 'error', score: null },
      { detector: 'steady', status: 'normal' },
    ]);
    expect(result?.combined).toMatchObject({ status: 'normal', score: 0.2 });
    expect(faults).toEqual([report]);
  });

  it('has a judge that cannot go back to what it knew learn anew, and reports it', async () => {
    const forgetful: Detector = {
      ...counting,
      name: 'forgetful',
      create: (params, series, saved) => {
        if (saved !== undefined) throw new Error('what was this?');
        return counting.create(params as { mark: number }, series);
      },
    };
    const of = using('forgetful', 'counting');
    const { made, faults } = judging([forgetful, counting], { restateHorizon: 2 * HOUR });
    const points = Array.from({ length: 6 }, (_, index) => ratePoint(index, 10));
    for (const point of points) made.judge(of, point);
    const since = new Map([['all', T0 + 5 * HOUR]]);
    const again = await together(made.judgeAgain(of, since, [points]));
    expect(again.at(-1)?.verdicts).toMatchObject([
      { detector: 'forgetful', status: 'normal' },
      { detector: 'counting', status: 'normal', score: 0.06 },
    ]);
    expect(faults).toEqual(['forgetful: what was this?']);
  });

  it('does not judge a point twice, and keeps the series of a metric apart', () => {
    const { made } = judging([counting]);
    const of = using('counting');
    const score = (index: number, slice = 'all') =>
      made.judge(of, ratePoint(index, 10, { slice }))?.combined.score;
    expect(score(0)).toBe(0.01);
    expect(score(0)).toBeUndefined();
    expect(score(1)).toBe(0.02);
    expect(score(0)).toBeUndefined();
    expect(score(0, 'region=GB')).toBe(0.01);
  });

  it('does not show a detector points with too few cases', () => {
    const { made } = judging([counting]);
    const of = { ...using('counting'), minDenominator: 500 };
    expect(made.judge(of, ratePoint(0, 10, { denominator: 499 }))?.combined).toMatchObject({
      status: 'not_evaluable',
      reason: 'low_volume',
    });
    expect(made.judge(of, ratePoint(1, 10))?.combined.score).toBe(0.01);
  });

  it('does not show a detector a bucket in the middle of which the history begins', () => {
    const { made } = judging([counting]);
    expect(made.judgeBucket(using('counting'), [ratePoint(0, 10)], false)[0]?.combined).toMatchObject({
      status: 'not_evaluable',
      reason: 'incomplete',
    });
    expect(made.judgeBucket(using('counting'), [ratePoint(1, 10)])[0]?.combined.score).toBe(0.01);
  });

  it('tells a detector what was going on then, in the slice and in what holds it', () => {
    const seen: string[][] = [];
    const curious = scripted('curious', ({ annotations }): Judgement => {
      seen.push(annotations.map(({ annotationId }) => annotationId));
      return judged(0);
    });
    const annotation = (annotationId: string, scope: string, startsAt: number): Annotation => ({
      annotationId,
      kind: 'campaign',
      title: annotationId,
      scope,
      startsAt,
      endsAt: startsAt + HOUR,
    });
    const { made } = judging([curious], {
      annotations: [
        annotation('everywhere', 'all', T0),
        annotation('britain', 'region=GB', T0),
        annotation('germany', 'region=DE', T0),
        annotation('later', 'all', T0 + HOUR),
      ],
    });
    made.judge(using('curious'), ratePoint(0, 1));
    made.judge(using('curious'), ratePoint(0, 1, { slice: 'category=toys,region=GB' }));
    expect(seen).toEqual([['everywhere'], ['everywhere', 'britain']]);
  });

  it('shows a detector that is new to a metric the past, and its neighbours nothing twice', () => {
    const newcomer = scripted('newcomer', (_point, seen) => judged(seen / 100));
    const before = judging([counting]).made;
    for (const index of [0, 1, 2]) before.judge(using('counting'), ratePoint(index, 10));
    const both = using('counting', 'newcomer');
    const { made } = judging([counting, newcomer], { saved: before.save() });
    expect(made.unseen(using('counting'))).toEqual({ since: T0 + 2 * HOUR, behind: new Map() });
    const behind = new Map([['all', { known: -Infinity, last: T0 + 2 * HOUR }]]);
    expect(made.unseen(both)).toEqual({ since: T0 + 2 * HOUR, behind });
    for (const index of [0, 1, 2]) made.judge(both, ratePoint(index, 10));
    expect(made.judge(both, ratePoint(3, 10))?.verdicts).toMatchObject([
      { detector: 'counting', score: 0.04 },
      { detector: 'newcomer', score: 0.04 },
    ]);
  });

  it('is held up by no series that has ended: what was saved with others had nothing more to see', () => {
    const before = judging([counting]).made;
    before.judge(using('counting'), ratePoint(0, 10, { slice: 'region=GB' }));
    for (const index of [0, 1, 2]) before.judge(using('counting'), ratePoint(index, 10));
    const { made } = judging([counting], { saved: before.save() });
    expect(made.unseen(using('counting'))).toEqual({ since: T0 + 2 * HOUR, behind: new Map() });
  });

  it('has a detector learn anew whose parameters were changed', () => {
    const before = judging([counting]).made;
    before.judge(using('counting'), ratePoint(0, 10));
    const changed = metric({ detect: [{ use: 'counting', params: { mark: 1 } }] });
    const { made } = judging([counting], { saved: before.save() });
    expect(made.unseen(changed).behind.get('all')).toEqual({ known: -Infinity, last: T0 });
    expect(made.judge(changed, ratePoint(0, 10))?.combined.score).toBe(0.01);
  });

  it('goes on from saved judges as if nothing had happened, wherever it is cut', () => {
    const of = metric({
      minDenominator: 50,
      detect: [
        { use: 'z-score', params: { warm_up: 5 } },
        { use: 'seasonal', params: {} },
        { use: 'cusum', params: {} },
      ],
    });
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ cases: fc.integer({ min: 0, max: 60 }), cut: fc.boolean(), small: fc.boolean() }),
          { minLength: 1, maxLength: 60 },
        ),
        (steps) => {
          const whole = judging(builtinDetectors).made;
          let saved = new Map<string, SavedJudge>();
          let parts = judging(builtinDetectors).made;
          for (const [index, { cases, cut, small }] of steps.entries()) {
            const point = ratePoint(index, cases, { denominator: small ? 40 : 1000 });
            expect(parts.judge(of, point)).toEqual(whole.judge(of, point));
            if (!cut) continue;
            for (const judge of parts.save()) saved.set(judge.detector, judge);
            saved = new Map(JSON.parse(JSON.stringify([...saved])));
            parts = judging(builtinDetectors, { saved: [...saved.values()] }).made;
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
