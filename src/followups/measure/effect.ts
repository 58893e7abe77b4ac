import { type Instant, SECOND, WEEK } from '../../model/clock.js';
import type { Effect, Interval } from '../../model/follow-up.js';
import type { Point } from '../../model/point.js';
import { type Baseline, learnBaseline, levelOver } from './baseline.js';
import { type Course, cellsOf, duringOf, type Evidence, sistersAsOne } from './evidence.js';
import { difference, type Estimate, SHOWN_CONFIDENCE, scaled, times } from './interval.js';
import type { Cell } from './rhythm.js';

/** An effect, and whether it is beyond what chance and the general course of things can do. */
export interface MeasuredEffect {
  effect: Effect;
  improved: boolean;
  /** Why it is not: nothing has changed for sure, or the untreated slices have changed as much. */
  doubt: 'none' | 'chance' | 'general_recovery';
}

/** Sisters with fewer cases than this, in any of the three stretches, cannot tell a general recovery from none. */
const LEAST_SISTER_CASES = 20;

/**
 * A fix is looked at up to three times, after N, 2N and 4N points, and whoever looks often enough sees something.
 * Each look takes a third of five per cent, one-sided (Bonferroni): that is this two-sided confidence.
 */
const DECISIVE_CONFIDENCE = 1 - (2 * 0.05) / 3;

/**
 * What a fix has changed: levels before, during and after, each as that of an average week; the difference; and,
 * where untreated sisters have enough cases, the difference in differences (Ashenfelter and Card, 1985), here of
 * ratios, because what moves a whole marketplace multiplies rates: the level during the incident times the sisters' own
 * change is what would have come without the fix, and only what goes beyond is the fix's.
 *
 * Null when there are no points during or after.
 */
export function measureEffect(
  baseline: Baseline,
  evidence: Evidence,
  course: Course,
  skipped: ReadonlySet<Instant>,
): MeasuredEffect | null {
  const { own } = evidence;
  const bucketSeconds = own[0]?.bucketSeconds ?? 0;
  const cells = cellsOf(own, evidence).filter(({ at }) => !skipped.has(at));
  const before = cells.filter(({ at }) => at < course.incidentFrom);
  const during = duringOf(cells, course, bucketSeconds);
  const after = cells.filter(({ at }) => at >= course.fixShippedAt);
  const sisters = sisterChange(evidence, course, bucketSeconds);

  const at = (confidence: number) => {
    const levelBefore = levelOver(baseline, before, confidence, 'these');
    const levelDuring = levelOver(baseline, during, confidence);
    const levelAfter = levelOver(baseline, after, confidence);
    if (levelBefore === null || levelDuring === null || levelAfter === null) return null;
    const control = sisters?.(confidence) ?? null;
    return {
      before: levelBefore,
      during: levelDuring,
      after: levelAfter,
      plain: difference(levelAfter, levelDuring),
      net:
        control === null
          ? null
          : {
              ...difference(levelAfter, scaled(levelDuring, control.after, control.during)),
              sisters: control.sisters,
            },
    };
  };
  const shown = at(SHOWN_CONFIDENCE);
  const decisive = at(DECISIVE_CONFIDENCE);
  if (shown === null || decisive === null) return null;

  const better = (change: Interval) => (course.direction === 'up' ? change.upper < 0 : change.lower > 0);
  const moved = better(decisive.plain);
  const improved = moved && (decisive.net === null || better(decisive.net));
  const casesPerWeek = times(
    shown.net ?? shown.plain,
    (course.direction === 'up' ? -1 : 1) * weeklyVolume(own),
  );
  const effect: Effect = {
    before: shown.before.estimate,
    during: shown.during.estimate,
    after: shown.after.estimate,
    points: after.length,
    savedPerWeek: casesPerWeek.estimate,
    evidence: {
      before: intervalOf(shown.before),
      during: intervalOf(shown.during),
      after: intervalOf(shown.after),
      difference: shown.plain,
      net: shown.net,
      savedPerWeek: intervalOf(casesPerWeek),
      moneyPerWeek: times(casesPerWeek, amountOfCase(own)),
      dispersion: baseline.dispersion,
    },
  };
  return { effect, improved, doubt: improved ? 'none' : moved ? 'general_recovery' : 'chance' };
}

/** How the untreated sisters went from during to after; null when there are none to tell. */
function sisterChange(evidence: Evidence, course: Course, bucketSeconds: number) {
  const { cells, sisters } = sistersAsOne(evidence, course.incidentFrom);
  const before = cells.filter(({ at }) => at < course.incidentFrom);
  const during = duringOf(cells, course, bucketSeconds);
  const after = cells.filter(({ at }) => at >= course.fixShippedAt);
  const tellsEnough = [before, during, after].every((stretch) => casesOf(stretch) >= LEAST_SISTER_CASES);
  const baseline = tellsEnough ? learnBaseline(before, false) : null;
  if (baseline === null) return null;
  return (confidence: number): { during: Estimate; after: Estimate; sisters: number } | null => {
    const levelDuring = levelOver(baseline, during, confidence);
    const levelAfter = levelOver(baseline, after, confidence);
    return levelDuring === null || levelAfter === null
      ? null
      : { during: levelDuring, after: levelAfter, sisters };
  };
}

/** What cases are counted over in a week: the last one's for a rate, its buckets for anything else. */
function weeklyVolume(own: readonly Point[]): number {
  const last = own.at(-1);
  if (last === undefined) return 0;
  if (last.denominator === null) return WEEK / (last.bucketSeconds * SECOND);
  const recent = own.filter(({ bucketStart }) => bucketStart > last.bucketStart - WEEK);
  const span = Math.min(WEEK, last.bucketStart - (own[0]?.bucketStart ?? 0) + last.bucketSeconds * SECOND);
  return (recent.reduce((sum, { denominator }) => sum + (denominator ?? 0), 0) * WEEK) / span;
}

/** What a case costs, over the whole history. */
function amountOfCase(own: readonly Point[]): number {
  const cases = own.reduce((sum, { numerator }) => sum + numerator, 0);
  return cases > 0 ? own.reduce((sum, { amount }) => sum + amount, 0) / cases : 0;
}

function casesOf(cells: readonly Cell[]): number {
  return cells.reduce((sum, { cases }) => sum + cases, 0);
}

function intervalOf({ lower, upper }: Estimate): Interval {
  return { lower, upper };
}
