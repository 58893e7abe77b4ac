import type { SeriesPoint } from './contract.js';
import type { GuardedJudgement } from './guards.js';
import { contained } from './judgement.js';
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
