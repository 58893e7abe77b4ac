import { SECOND } from '../model/clock.js';
import type { FollowUp } from '../model/follow-up.js';
import type { Point } from '../model/point.js';
import { isParentSlice, parseSlice } from '../model/slice.js';
import type { Verdict } from '../model/verdict.js';
import type { Baseline } from './measure/baseline.js';
import {
  baselineOf,
  baselineSpan,
  type Evidence,
  type EvidenceRequest,
  evidenceUntil,
  hasVolume,
} from './measure/evidence.js';
import type { Measure } from './measure/measure.js';
import { phaseReader } from './measure/rhythm.js';
import type { FollowUpRecord } from './record.js';

/**
 * What is known of the past of the series that are watched. Baselines are learned once for each incident and then
 * remembered, because a verification asks for them with every point; nothing of it is state that could be lost.
 */
export class Witness {
  readonly #known = new Map<string, Omit<Measure, 'evidence'>>();

  /** What must be read before the point can be looked at; null when all of it is known. */
  request(watching: readonly FollowUpRecord[], { point, verdict }: Seen): EvidenceRequest | null {
    if (verdict.status === 'not_evaluable') return null;
    const asking = watching.filter(
      (followUp) => !this.#known.has(keyOf(followUp)) || decides(followUp, point),
    );
    if (asking.length === 0) return null;
    return {
      metric: point.metric,
      slice: point.slice,
      from: Math.min(...asking.map(({ incidentFrom }) => incidentFrom)) - baselineSpan(point.bucketSeconds),
      to: endOf(point),
      sisters: asking.some((followUp) => decides(followUp, point)),
    };
  }

  /**
   * What is known for a follow-up's point. `others` are the metric's other follow-ups: a slice that has had a fix of
   * its own since the incident tells nothing of what would have come without one.
   */
  measure(
    followUp: FollowUpRecord,
    point: Point,
    evidence: Evidence | undefined,
    others: readonly FollowUp[],
  ): Measure | undefined {
    const known = this.#known.get(keyOf(followUp)) ?? this.#learn(followUp, point, evidence);
    if (known === undefined) return undefined;
    const past = evidence === undefined ? null : evidenceUntil(evidence, endOf(point));
    return { ...known, evidence: past && { ...past, sisters: untreated(past, followUp, others) } };
  }

  #learn(
    followUp: FollowUpRecord,
    point: Point,
    evidence: Evidence | undefined,
  ): { baseline: Baseline | null; phaseOf: Measure['phaseOf'] } | undefined {
    if (evidence === undefined) return undefined;
    const learned = {
      baseline: baselineOf(evidence, followUp.incidentFrom),
      phaseOf: phaseReader(evidence.timezone, point.bucketSeconds),
    };
    this.#known.set(keyOf(followUp), learned);
    return learned;
  }
}

export interface Seen {
  point: Point;
  verdict: Verdict;
}

/** The points between the fix and the first one that was seen after it was told: a fix may be told of late. */
export function backlog(
  followUp: FollowUpRecord,
  point: Point,
  evidence: Evidence | undefined,
): readonly Seen[] {
  const { state, fixShippedAt } = followUp;
  if (state !== 'fix_shipped' || fixShippedAt === null || evidence === undefined) return [];
  return evidence.own
    .filter((earlier) => earlier.bucketStart >= fixShippedAt && earlier.bucketStart < point.bucketStart)
    .filter((earlier) => hasVolume(earlier, evidence.minDenominator))
    .map((earlier) => ({ point: earlier, verdict: plainVerdict(earlier) }));
}

/** True when the point may end the watch, so that the effect has to be measured. */
function decides(followUp: FollowUpRecord, point: Point): boolean {
  const { watch, watchedPoints, nextLook, fixShippedAt, state } = followUp;
  if (watch === null || fixShippedAt === null || state === 'verified') return false;
  if (state === 'fix_shipped' && fixShippedAt < point.bucketStart) return true;
  const points = watchedPoints + 1;
  return (
    (watch.pointsInBand + 1 >= watch.pointsNeeded && points >= nextLook) || points >= 4 * watch.pointsNeeded
  );
}

function untreated(
  { sisters }: Evidence,
  followUp: FollowUpRecord,
  others: readonly FollowUp[],
): Evidence['sisters'] {
  const fixed = others
    .filter(({ followUpId }) => followUpId !== followUp.followUpId)
    .filter(({ fixShippedAt }) => fixShippedAt !== null && fixShippedAt >= followUp.incidentFrom)
    .map(({ slice }) => slice);
  return new Map([...sisters].filter(([slice]) => !fixed.some((treated) => overlap(slice, treated))));
}

function overlap(one: string, other: string): boolean {
  const [a, b] = [parseSlice(one), parseSlice(other)];
  return one === other || isParentSlice(a, b) || isParentSlice(b, a);
}

/** What there is to say of a point whose own verdict is not at hand. */
function plainVerdict({ metric, slice, bucketStart, value }: Point): Verdict {
  return {
    metric,
    slice,
    bucketStart,
    detector: 'combined',
    status: 'normal',
    reason: '',
    value,
    expected: null,
    lower: null,
    upper: null,
    score: null,
    direction: null,
  };
}

function endOf({ bucketStart, bucketSeconds }: Point): number {
  return bucketStart + bucketSeconds * SECOND;
}

function keyOf({ followUpId, incidentFrom }: FollowUpRecord): string {
  return `${followUpId} ${incidentFrom}`;
}
