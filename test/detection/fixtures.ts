import { z } from 'zod';
import { defineDetector, type Judgement, type SeriesPoint } from '../../src/detection/contract.js';
import { HOUR } from '../../src/model/clock.js';
import type { Json } from '../../src/model/json.js';
import type { Point } from '../../src/model/point.js';
import type { Verdict } from '../../src/model/verdict.js';

export const T0 = Date.UTC(2026, 2, 3);

/** A point of a rate: `cases` among 1,000 in the hour with that index. */
export function ratePoint(index: number, cases: number, overrides: Partial<Point> = {}): Point {
  return {
    metric: 'dispute_rate',
    slice: 'all',
    bucketStart: T0 + index * HOUR,
    bucketSeconds: 3600,
    value: cases / 1000,
    numerator: cases,
    denominator: 1000,
    amount: 0,
    revision: 1,
    ...overrides,
  };
}

/** A judgement around an expected 1 % with a band of half a per cent. */
export function judged(score: number, direction: 'up' | 'down' = 'up'): Judgement {
  return { status: 'judged', expected: 0.01, lower: 0.005, upper: 0.015, score, direction };
}

export function verdict(overrides: Partial<Verdict> = {}): Verdict {
  return {
    metric: 'dispute_rate',
    slice: 'all',
    bucketStart: T0,
    detector: 'd',
    status: 'anomalous',
    reason: '',
    value: 0.02,
    expected: 0.01,
    lower: 0.005,
    upper: 0.015,
    score: 2,
    direction: 'up',
    ...overrides,
  };
}

export const cold = (detector: string): Verdict =>
  verdict({
    detector,
    status: 'not_evaluable',
    reason: 'cold_start',
    expected: null,
    lower: null,
    upper: null,
    score: null,
    direction: null,
  });

/** A detector that a test writes in one line; its state is how many points it has seen. */
export function scripted(name: string, observe: (point: SeriesPoint, seen: number) => Judgement) {
  return defineDetector({
    name,
    description: 'for tests',
    parameters: z.strictObject({ mark: z.number().default(0) }),
    create: (_params, _series, saved?: Json) => {
      let seen = typeof saved === 'number' ? saved : 0;
      return {
        observe: (point) => {
          seen += 1;
          return observe(point, seen);
        },
        save: () => seen,
      };
    },
  });
}

/** All that comes in parts, in one. */
export async function together<T>(parts: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const part of parts) all.push(...part);
  return all;
}
