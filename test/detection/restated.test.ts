import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtinDetectors } from '../../detectors/index.js';
import { Calendar } from '../../src/detection/calendar.js';
import { type JudgedPoint, Judging } from '../../src/detection/judging.js';
import { HOUR } from '../../src/model/clock.js';
import type { SavedJudge } from '../../src/model/judge-state.js';
import type { Point } from '../../src/model/point.js';
import { metric } from '../support/metric.js';
import { ratePoint, T0, together } from './fixtures.js';

const HORIZON = 6;
const definition = metric({
  minDenominator: 50,
  detect: [
    { use: 'z-score', params: { warm_up: 5 } },
    { use: 'seasonal', params: {} },
    { use: 'cusum', params: {} },
  ],
});

const judging = (saved: readonly SavedJudge[] = []) =>
  new Judging({
    detectors: builtinDetectors,
    calendar: new Calendar([]),
    saved,
    restateHorizon: HORIZON * HOUR,
    reportFault: ({ error }) => {
      throw error;
    },
  });
async function judgedAgain(
  judges: Judging,
  since: ReadonlyMap<string, number>,
  points: readonly Point[],
): Promise<JudgedPoint[]> {
  // Each bucket is a stretch of its own.
  const stretches = points.map((point) => [point]);
  return together(judges.judgeAgain(definition, since, stretches));
}
const judgeAll = (judges: Judging, points: readonly Point[]) =>
  points.map((point) => judges.judge(definition, point));

/** As the store keeps them: the newest row of each judge and slot. */
class SavedStates {
  readonly #rows = new Map<string, SavedJudge>();

  write(rows: readonly SavedJudge[]): void {
    for (const row of JSON.parse(JSON.stringify(rows)) as SavedJudge[])
      this.#rows.set(`${row.detector} ${row.slot ?? 0}`, row);
  }

  read(): SavedJudge[] {
    return [...this.#rows.values()];
  }
}

describe('a restated point', () => {
  it('is judged again with all that follow, as if it had always been so; also after a restart', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 60 }), { minLength: HORIZON + 2, maxLength: 40 }),
        fc.array(
          fc.record({
            back: fc.integer({ min: 1, max: HORIZON }),
            cases: fc.option(fc.integer({ min: 0, max: 300 })),
            restart: fc.boolean(),
          }),
          { minLength: 1, maxLength: 3 },
        ),
        fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 5 }),
        async (cases, restatements, later) => {
          let points = cases.map((count, index) => ratePoint(index, count));
          let judges = judging();
          judgeAll(judges, points);
          const states = new SavedStates();
          states.write(judges.save());
          for (const { back, cases: count, restart } of restatements) {
            if (restart) judges = judging(states.read());
            const bucket = T0 + (cases.length - back) * HOUR;
            // Without cases the point is gone, as if its last event had been moved away.
            points = points.flatMap((point) =>
              point.bucketStart !== bucket
                ? [point]
                : count === null
                  ? []
                  : [ratePoint(cases.length - back, count)],
            );
            const since = new Map([['all', bucket]]);
            expect(judges.canGoBack(definition, since).size).toBe(1);
            const again = await judgedAgain(judges, since, points);
            states.write(judges.save());
            const fresh = judgeAll(judging(), points).filter((it) => it !== null);
            expect(again).toEqual(fresh.filter(({ point }) => point.bucketStart >= bucket));
          }
          const next = later.map((count, index) => ratePoint(cases.length + index, count));
          const fresh = judging();
          judgeAll(fresh, points);
          expect(judgeAll(judges, next)).toEqual(judgeAll(fresh, next));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('changes no verdict when it is older than the judges remember, or still to be judged', async () => {
    const judges = judging();
    const points = Array.from({ length: 50 }, (_, index) => ratePoint(index, 10));
    judgeAll(judges, points);
    const longAgo = new Map([['all', T0 + 2 * HOUR]]);
    expect(judges.canGoBack(definition, longAgo).size).toBe(0);
    expect(await judgedAgain(judges, longAgo, points)).toEqual([]);
    expect(judges.canGoBack(definition, new Map([['all', T0 + 50 * HOUR]])).size).toBe(0);
  });

  it('takes from a detector that is new to the metric nothing of what it was shown', async () => {
    const points = Array.from({ length: 50 }, (_, index) => ratePoint(index, 10 + (index % 3)));
    const before = judging();
    const [, ...others] = definition.detect;
    for (const point of points) before.judge({ ...definition, detect: others }, point);
    const judges = judging(before.save());
    judgeAll(judges, points);
    const next = Array.from({ length: 4 }, (_, index) => ratePoint(50 + index, 11));
    judgeAll(judges, next);
    const since = new Map([['all', T0 + 51 * HOUR]]);
    // As the store is asked for them: those that were not known.
    const [again] = await judgedAgain(judges, since, next);
    expect(again?.verdicts.find(({ detector }) => detector === 'z-score')?.status).toBe('normal');
  });
});
