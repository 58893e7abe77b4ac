import type { Judgement } from './contract.js';
import type { GuardedJudgement } from './guards.js';

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

/** Throws for what is no judgement: a plug-in may answer anything. */
function insistOnJudgement(judgement: Judgement): void {
  if (typeof judgement !== 'object' || judgement === null) throw new Error('the answer is not a judgement');
  if (judgement.status === 'not_evaluable') {
    if (judgement.reason === 'cold_start' || judgement.reason === 'calendar') return;
    throw new Error('a detector can be unable to judge for cold_start or calendar alone');
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
