import { describe, expect, it } from 'vitest';
import { combine } from '../../src/detection/combine.js';
import type { Combination } from '../../src/model/metric.js';
import type { Verdict } from '../../src/model/verdict.js';
import { metric } from '../support/metric.js';
import { cold, ratePoint, verdict } from './fixtures.js';

const POINT = ratePoint(0, 20);
const up = (detector: string, score = 2) => verdict({ detector, score });
const down = (detector: string, score = 2) => verdict({ detector, score, direction: 'down' });
const calm = (detector: string, score = 0.3) => verdict({ detector, status: 'normal', score });
const together = (rule: Combination, ...verdicts: Verdict[]) =>
  combine(metric({ combine: rule }), POINT, verdicts);

describe('the combination of detectors', () => {
  it.each<[string, Combination, Verdict[], string, string]>([
    ['any: one is enough', 'any', [calm('a'), up('b')], 'anomalous', ''],
    ['any: none', 'any', [calm('a'), calm('b')], 'normal', ''],
    ['any: a cold one does not stop the others', 'any', [cold('a'), up('b')], 'anomalous', ''],
    ['all: every one', 'all', [up('a'), up('b')], 'anomalous', ''],
    ['all: one short', 'all', [up('a'), calm('b')], 'normal', 'outvoted'],
    ['all: a cold one withholds its vote', 'all', [up('a'), cold('b')], 'normal', 'outvoted'],
    ['two of three', { atLeast: 2 }, [up('a'), calm('b'), up('c')], 'anomalous', ''],
    ['two of three: one short', { atLeast: 2 }, [up('a'), calm('b'), calm('c')], 'normal', 'outvoted'],
    [
      'two of three: up and down do not agree',
      { atLeast: 2 },
      [up('a'), down('b'), calm('c')],
      'normal',
      'outvoted',
    ],
    [
      'two of three: cold ones do not vote',
      { atLeast: 2 },
      [up('a'), cold('b'), cold('c')],
      'normal',
      'outvoted',
    ],
    ['nobody can judge: the first says why', 'any', [cold('a'), cold('b')], 'not_evaluable', 'cold_start'],
    ['no detectors at all', 'any', [], 'not_evaluable', 'cold_start'],
  ])('%s', (_promise, rule, verdicts, status, reason) => {
    expect(together(rule, ...verdicts)).toMatchObject({ detector: 'combined', status, reason });
  });

  it('has a score above 1 exactly when enough detectors are: the k-th highest of those that agree', () => {
    expect(together('any', up('a', 1.5), up('b', 4)).score).toBe(4);
    expect(together('all', up('a', 1.5), up('b', 4)).score).toBe(1.5);
    expect(together({ atLeast: 2 }, up('a', 1.5), up('b', 4), up('c', 3)).score).toBe(3);
    expect(together('all', up('a', 4), calm('b', 0.8)).score).toBe(0.8);
  });

  it('keeps the reason of a guard that has calmed the deciding detector', () => {
    const small = verdict({ detector: 'a', status: 'normal', reason: 'small_deviation', score: 3 });
    expect(together('any', small, calm('b'))).toMatchObject({ status: 'normal', reason: 'small_deviation' });
  });
});
