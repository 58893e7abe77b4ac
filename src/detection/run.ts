import { z } from 'zod';
import type { AlertRule } from '../model/metric.js';
import type { Point } from '../model/point.js';
import { countsAsRecovered } from '../model/recovery.js';
import type { Direction, Verdict } from '../model/verdict.js';
import type { Lens } from './lens.js';

/** What is remembered of a series beyond its judges' own memory, while it is out of band. */
export const RunSchema = z.object({
  side: z.enum(['up', 'down']),
  /** Its score, and in part those before it: what has lasted is less likely chance than what has not. */
  evidence: z.number(),
  /** True once it was too much for chance. Then it goes on until it has been in band for long enough. */
  isFound: z.boolean(),
  /** Points that were found out of band, and points in band since the last of them. */
  found: z.number().int(),
  calm: z.number().int(),
  /** What was counted lately, what was expected then, and over how much: the level that the series has now. */
  counted: z.number(),
  expected: z.number(),
  size: z.number(),
  /** The newest point of it. */
  last: z.object({
    bucketStart: z.number(),
    value: z.number(),
    numerator: z.number(),
    denominator: z.number().nullable(),
  }),
  /** True when a detector that does not learn has its part in it. */
  isFixed: z.boolean(),
});

export type Run = z.infer<typeof RunSchema>;

/** Of the evidence before, this much does not last to the next point. */
const LOST = 0.5;
/** Points after which a level counts for a third. */
const LEVEL_MEMORY = 24;

/**
 * How much there is to say that a series is out of band: the verdict's score, and beyond the edge what has gathered
 * in the points before. Detectors that add up hold their sums to a limit, so that a small shift that stays has
 * hardly more than 1 for a score; after some points it is no chance any more.
 */
export function evidenceOf(run: Run | null, verdict: Verdict): number {
  const { score } = verdict;
  if (score === null) return 0;
  if (verdict.status !== 'anomalous') return isInTheWay(verdict) ? 0 : Math.min(score, 1);
  const before = run !== null && run.side === verdict.direction && run.calm === 0 ? run.evidence : 0;
  return score + Math.max(0, before - LOST);
}

/** Out of band on the side that nobody minds. */
const isInTheWay = (verdict: Verdict): boolean => verdict.reason === 'good_direction';

/** The run after a point that was out of band. */
export function goneOn(
  run: Run | null,
  point: Point,
  verdict: Verdict,
  now: Pick<Run, 'evidence' | 'isFound' | 'isFixed'>,
): Run {
  const side: Direction = verdict.direction ?? 'up';
  const size = point.denominator ?? 1;
  const same = run?.side === side ? run : null;
  const faded = (before: number | undefined, added: number) => (before ?? 0) * (1 - 1 / LEVEL_MEMORY) + added;
  return {
    ...now,
    side,
    found: now.isFound ? (same?.found ?? 0) + 1 : 0,
    calm: 0,
    counted: faded(same?.counted, point.denominator === null ? point.value : point.numerator),
    expected: faded(same?.expected, (verdict.expected ?? 0) * size),
    size: faded(same?.size, size),
    last: {
      bucketStart: point.bucketStart,
      value: point.value,
      numerator: point.numerator,
      denominator: point.denominator,
    },
  };
}

/** The run after a point in band; null when there is nothing left of it. */
export function calmed(run: Run | null, verdict: Verdict, rule: AlertRule): Run | null {
  if (run === null || !run.isFound) return null;
  if (!countsAsRecovered(rule, verdict, run.side)) return { ...run, calm: 0 };
  return run.calm + 1 >= rule.recover ? null : { ...run, calm: run.calm + 1 };
}

/** How a series has to be shown so that its present level is what is expected. */
export function lensOf({ counted, expected, size }: Run): Lens {
  return counted > 0 && expected > 0
    ? { times: counted / expected, plus: 0, widen: 1 }
    : { times: 1, plus: (counted - expected) / size, widen: 1 };
}
