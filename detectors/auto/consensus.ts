import { z } from 'zod';
import type { Judge, Judgement, SeriesPoint } from '../../src/detection/contract.js';
import type { Json } from '../../src/model/json.js';
import { type Judged, judged } from '../support/band.js';
import { readState } from '../support/read-state.js';

const State = z.object({ members: z.array(z.json()) });

/**
 * Several judges of one series as one: the loudest decides. The band is what all of their bands have in common, so
 * that a point is outside of it exactly when one of them finds it anomalous; what is expected is the mean of what
 * they expect. A member that is still cold has no say.
 */
export class ConsensusJudge implements Judge {
  readonly #members: readonly Judge[];

  /** @param create makes the members, from what they saved; called once. */
  constructor(detector: string, create: readonly ((saved?: Json) => Judge)[], saved?: Json) {
    const state = saved === undefined ? undefined : readState(State, saved, detector);
    this.#members = create.map((member, at) => member(state?.members[at] as Json | undefined));
  }

  observe(point: SeriesPoint): Judgement {
    const judgements = this.#members.map((member) => member.observe(point));
    const voting = judgements.filter((judgement): judgement is Judged => judgement.status === 'judged');
    if (voting.length === 0) return judgements[0] ?? { status: 'not_evaluable', reason: 'cold_start' };
    const loudest = voting.reduce((a, b) => (b.score > a.score ? b : a));
    const { lower, upper } = commonBand(voting);
    const mean = voting.reduce((sum, { expected }) => sum + expected, 0) / voting.length;
    return judged(
      { expected: Math.min(Math.max(mean, lower), upper), floor: lower, ceiling: upper },
      { lower, upper, score: loudest.score, direction: loudest.direction },
    );
  }

  save(): Json {
    return { members: this.#members.map((member) => member.save()) };
  }
}

/** Where between two bands that do not meet the empty common one is put: at no value that either would choose. */
const BETWEEN = 0.618;
const LEAST_RELATIVE_WIDTH = 1e-9;

function commonBand(voting: readonly Judged[]): { lower: number; upper: number } {
  const lower = Math.max(...voting.map((judgement) => judgement.lower));
  const upper = Math.min(...voting.map((judgement) => judgement.upper));
  if (lower < upper) return { lower, upper };
  const at = upper + BETWEEN * (lower - upper);
  const half = LEAST_RELATIVE_WIDTH * Math.max(Math.abs(at), LEAST_RELATIVE_WIDTH);
  return { lower: at - half, upper: at + half };
}
