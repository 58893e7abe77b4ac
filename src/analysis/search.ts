import { type Candidate, Judge, type JudgeOptions, MOST_CAUSES } from './judge.js';
import type { Combination, JudgedLeaves } from './leaves.js';

export interface Found {
  /** The smallest set of slices that explains the change, each with its score alone; empty when none stands out. */
  causes: Candidate[];
  /** The best slices, each judged alone, the causes among them. */
  ranking: Candidate[];
  /** The most dimensions of a slice that was looked at. */
  depth: number;
}

export interface SearchOptions extends JudgeOptions {
  causes: number;
  /** The smallest relative change of a cause's level. */
  minEffect: number;
  /** The smallest score of a further cause, as a share of the first one's. */
  minShare: number;
  /** The same for a slice inside a cause: most causes hit their parts unevenly, and that is no second cause. */
  minShareInside: number;
  /** How many times the best slice's score several slices inside it must reach to be named in its place. */
  partsGain: number;
  ranked: number;
}

/** One configuration for everything: rates, counts and sums. */
export const SEARCH: SearchOptions = {
  depth: 4,
  spread: 0.5,
  falseAlarm: 0.001,
  wholeHandicap: 1.25,
  causes: 6,
  minEffect: 0.1,
  minShare: 0.02,
  minShareInside: 0.3,
  partsGain: 1.5,
  ranked: 40,
};

const ROUNDS = 3;

/**
 * The slices that explain a change: the best one first, then the best of what that one leaves unexplained, and so
 * on; then each is weighed again in the light of the others, because a slice that was chosen first may have stood
 * for two that were found later.
 */
export function search(leaves: JudgedLeaves, options: SearchOptions = SEARCH): Found {
  const judge = new Judge(leaves, options);
  const ranking = judge.best(leaves.expected, options.ranked);
  const first = ranking[0];
  if (first === undefined) return { causes: [], ranking, depth: 0 };
  let causes = simplest(judge, first, causesFrom(judge, first, options, true), options);
  const whole = causes.find(({ combination }) => combination.length === 0);
  if (whole !== undefined) {
    // Some large slices can look like the whole; it is not the whole if what is left without them has not moved.
    const parts = causesFrom(judge, first, options, false);
    if (parts.length > 1 && judge.restIsUnmoved(whole, parts)) causes = parts;
  }
  const alone = causes.map((cause) => {
    const candidate = judge.candidate(cause.combination, leaves.expected);
    return { ...candidate, evidence: Math.max(candidate.evidence, cause.evidence) };
  });
  return { causes: alone, ranking, depth: judge.cuboids.at(-1)?.dimensions.length ?? 0 };
}

/** The greedy search itself, with or without the whole among what may be named. */
function causesFrom(judge: Judge, first: Candidate, options: SearchOptions, withWhole: boolean): Candidate[] {
  const next = (causes: readonly Candidate[]): Candidate | undefined => {
    const known = causes.map(({ combination }) => combination);
    const best = judge.best(judge.levelWith(known), 1, known, withWhole)[0];
    return best !== undefined && isCause(best, first, causes, options) ? best : undefined;
  };
  let causes: Candidate[] = [];
  while (causes.length < Math.min(options.causes, MOST_CAUSES)) {
    const found = next(causes);
    if (found === undefined) break;
    causes.push(found);
  }
  for (let round = 0; round < ROUNDS && causes.length > 1; round++) {
    const before = causes;
    for (const cause of before) {
      const others = causes.filter((other) => other !== cause);
      const again = next(others);
      if (again !== undefined && !others.some((other) => isSame(other.combination, again.combination)))
        causes = causes.map((other) => (other === cause ? again : other));
      else causes = others;
    }
    if (
      causes.length === before.length &&
      causes.every((cause, i) => isSame(cause.combination, (before[i] as Candidate).combination))
    )
      break;
  }
  return causes;
}

function isCause(
  candidate: Candidate,
  first: Candidate,
  others: readonly Candidate[],
  options: SearchOptions,
): boolean {
  const share = others.some((other) => isInside(candidate.combination, other.combination))
    ? options.minShareInside
    : options.minShare;
  return (
    candidate.evidence >= candidate.threshold &&
    candidate.score >= share * first.score &&
    Math.abs(candidate.effect) >= options.minEffect
  );
}

/**
 * Parts of the best slice must say clearly more than it does, or leave a rest that has not moved with them; or else it
 * is the simpler answer.
 */
function simplest(judge: Judge, first: Candidate, causes: Candidate[], options: SearchOptions): Candidate[] {
  const parts = causes.filter(({ combination }) => isInside(combination, first.combination));
  const said = parts.reduce((sum, { score }) => sum + score, 0);
  const isSimpler = said < options.partsGain * first.score && !judge.restIsUnmoved(first, parts);
  return parts.length > 1 && isCause(first, first, [], options) && isSimpler
    ? [first, ...causes.filter((cause) => !parts.includes(cause))]
    : causes;
}

export function isSame(a: Combination, b: Combination): boolean {
  return a.length === b.length && isInside(a, b);
}

/** True when every leaf of the one slice is one of the other. */
export function isInside(inner: Combination, outer: Combination): boolean {
  return outer.every(([dimension, code]) =>
    inner.some(([other, its]) => other === dimension && its === code),
  );
}
