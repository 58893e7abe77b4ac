import type { AlertRule } from '../model/metric.js';

/**
 * The last points of a series that can still count towards an alert, oldest first: `1` for an anomalous one, `0` for a
 * normal one. It begins with an anomalous one or is empty, and then nothing is left of a run.
 */
export type Run = string;

type Rule = Pick<AlertRule, 'for' | 'forOf'>;

/** The run with one more point. */
export function lengthened(run: Run, isAnomalous: boolean, rule: Rule): Run {
  const window = rule.forOf ?? rule.for;
  let left = `${run}${isAnomalous ? '1' : '0'}`.slice(-window);
  // With more normal points than the rule forgives, the oldest anomalous one is of no more use.
  while (left.startsWith('0') || count(left, '0') > window - rule.for) left = left.slice(1);
  return left;
}

export const anomalousIn = (run: Run): number => count(run, '1');

const count = (run: Run, point: string): number => run.split(point).length - 1;
