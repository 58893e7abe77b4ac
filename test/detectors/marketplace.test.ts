import { describe, expect, test } from 'vitest';
import { builtinDetectors } from '../../detectors/index.js';
import type { Judgement } from '../../src/detection/contract.js';
import { WEEK } from '../../src/model/clock.js';
import { hourlyRate, isAnomalous, judgeAll, START } from './support/judging.js';
import { simulateRate } from './support/marketplace.js';
import { uniform } from './support/random.js';

/** 54 slices: volumes from 30 to 20,000 an hour, rates from 0.2 % to 5 %, dispersions from 1 to 3. */
const slices = [30, 100, 300, 1_000, 3_000, 20_000].flatMap((volume) =>
  [0.002, 0.01, 0.05].flatMap((rate) => [1, 2, 3].map((dispersion) => ({ volume, rate, dispersion }))),
);

/** The detectors that need to be told nothing of a rate in order to judge it by the hour. */
const HOURLY = builtinDetectors.filter(({ name }) =>
  ['auto', 'z-score', 'seasonal', 'cusum', 'rate', 'ewma', 'level-shift'].includes(name),
);

describe('54 over-dispersed rates of a marketplace with their rhythms', () => {
  test.each(HOURLY)('six calm weeks give next to no run of two points out of band: $name', (detector) => {
    const runs = slices.flatMap((slice, index) => {
      const points = simulateRate({ start: START, points: 6 * 168, ...slice }, uniform(100 + index));
      const judgements = judgeAll(detector, hourlyRate, points);
      return judgements.flatMap((_, at) => (startsRun(judgements, at) ? [at] : []));
    });
    expect(runs.length).toBeLessThanOrEqual(2);
  });

  test('odds 2.5 times the usual are found within three points by one of them, where there are cases to see', () => {
    const at = (4 * WEEK) / 3_600_000 + 14;
    const late = slices.flatMap((slice, index) => {
      if (slice.volume * slice.rate < 15) return [];
      const points = simulateRate(
        { start: START, points: at + 3, ...slice, shift: { at, oddsRatio: 2.5 } },
        uniform(900 + index),
      );
      const found = HOURLY.some((detector) =>
        judgeAll(detector, hourlyRate, points).slice(at).some(isAnomalous),
      );
      return found ? [] : [slice];
    });
    expect(late).toEqual([]);
  });
});

function startsRun(judgements: readonly Judgement[], at: number): boolean {
  return isAnomalous(judgements[at]) && isAnomalous(judgements[at + 1]) && !isAnomalous(judgements[at - 1]);
}
