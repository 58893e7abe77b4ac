import type { Judgement, SeriesPoint } from './contract.js';
import type { GuardedJudgement } from './guards.js';
import { fitted, type Lens, observeThrough, shown } from './lens.js';
import type { SeriesJudge } from './series-judge.js';
import type { SeriesJudges } from './series-judges.js';

/** Asks a judge for its word on a point. A detector that fails is reported, and has no say. */
export function ask(
  judges: SeriesJudges,
  { name, judge, create }: SeriesJudge,
  point: SeriesPoint,
  lens: Lens,
): GuardedJudgement {
  let through = lens;
  const judgement = contained(
    () => {
      const probe = () => create(judge.save());
      through = fitted(lens, probe, point);
      return observeThrough(judge, probe, point, through, judges.series.kind);
    },
    (error) => judges.fault(name, error),
  );
  tellChildren(judges, name, point, through, judgement);
  return judgement;
}

/** What a detector answers; `error` where it throws, or answers what is no judgement, which is reported. */
export function contained(observe: () => Judgement, report: (error: unknown) => void): GuardedJudgement {
  try {
    const answer = observe();
    insistOnJudgement(answer);
    return answer;
  } catch (error) {
    report(error);
    return { status: 'not_evaluable', reason: 'error' };
  }
}

/** Keeps what a detector has said of a parent slice, in the unit that its judge was shown the point in. */
function tellChildren(
  judges: SeriesJudges,
  detector: string,
  point: SeriesPoint,
  lens: Lens,
  judgement: GuardedJudgement,
): void {
  const { latest } = judges;
  if (latest === null) return;
  if (latest.bucketStart !== point.bucketStart) latest.byDetector.clear();
  latest.bucketStart = point.bucketStart;
  const { value, numerator, denominator } = shown(point, lens);
  const expected = judgement.status === 'judged' ? (judgement.expected - lens.plus) / lens.times : null;
  latest.byDetector.set(detector, { value, numerator, denominator, expected });
}

/** A plug-in may answer anything. */
function insistOnJudgement(judgement: Judgement): void {
  if (judgement.status === 'not_evaluable') {
    if (judgement.reason !== 'cold_start' && judgement.reason !== 'calendar')
      throw new Error('a detector can be unable to judge for cold_start or calendar alone');
    return;
  }
  if (judgement.status !== 'judged') throw new Error('a judgement is neither judged nor not_evaluable');
  const { expected, lower, upper, score, direction } = judgement;
  if (
    !Number.isFinite(expected) ||
    !Number.isFinite(lower) ||
    !Number.isFinite(upper) ||
    !Number.isFinite(score)
  )
    throw new Error('a judgement holds a number that is not finite');
  if (direction !== 'up' && direction !== 'down') throw new Error('a judgement has no direction');
}
