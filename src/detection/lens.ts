import { z } from 'zod';
import type { Judge, Judgement, SeriesContext, SeriesPoint } from './contract.js';

/**
 * How a series is shown to a judge, so that what is expected of it can be moved or its band opened without the judge
 * knowing: `expected × times + plus`, with a band `widen` times as wide.
 */
export const LensSchema = z.object({
  /** Above 0. */
  times: z.number(),
  /** In the metric's unit. */
  plus: z.number(),
  /** At least 1. */
  widen: z.number(),
});

export type Lens = z.infer<typeof LensSchema>;

/** Changes nothing. */
export const AS_IT_IS: Lens = { times: 1, plus: 0, widen: 1 };

/** The lens that does what `inner` does and then what `outer` does. */
export function behind(inner: Lens, outer: Lens): Lens {
  if (outer === AS_IT_IS) return inner;
  if (inner === AS_IT_IS) return outer;
  return {
    times: inner.times * outer.times,
    plus: inner.plus * outer.times + outer.plus,
    widen: inner.widen * outer.widen,
  };
}

export const isClear = ({ times, plus, widen }: Lens): boolean => times === 1 && plus === 0 && widen === 1;

/**
 * A point in the judge's own unit. A rate is divided by multiplying what it is counted over: with twice the rate
 * expected, 30 of 1,000 is what 30 of 2,000 would be, and a count of cases stays one, with the spread of one. A whole
 * number stays whole: a detector that takes it for a count would never do so again.
 */
export function shown<P extends Pick<SeriesPoint, 'value' | 'numerator' | 'denominator'>>(
  point: P,
  { times, plus }: Lens,
): P {
  if (times === 1 && plus === 0) return point;
  if (point.denominator === null) return withValue(point, (point.value - plus) / times);
  const denominator = Math.max(1, Math.round(point.denominator * times));
  const cases = Math.max(0, point.numerator - plus * point.denominator);
  // Where a rate is above 1, it has been before.
  const numerator = point.numerator <= point.denominator ? Math.min(denominator, cases) : cases;
  return { ...point, value: numerator / denominator, numerator, denominator };
}

function withValue<P extends Pick<SeriesPoint, 'value' | 'numerator'>>(point: P, wanted: number): P {
  const value = Number.isInteger(point.value) ? Math.round(wanted) : wanted;
  return { ...point, value, numerator: value };
}

/**
 * The lens through which a judge is shown a point. A rate that is raised by so much is shown over as many more orders as
 * that takes, for which its judge is asked what it expects: taken from them, a part of a case would be lost or doubled.
 */
export function fitted(lens: Lens, probe: () => Judge, point: SeriesPoint): Lens {
  const { times, plus } = lens;
  if (plus === 0 || point.denominator === null) return lens;
  const guess = probe().observe(shown(point, { ...lens, plus: 0 }));
  if (guess.status !== 'judged' || guess.expected <= 0) return lens;
  const raised = times + plus / guess.expected;
  return raised > 0 ? { ...lens, times: raised, plus: 0 } : lens;
}

/** A judgement in the series' unit, of what the judge said of a point that was {@link shown} to it. */
function translated(judgement: Judgement, { times, plus }: Lens): Judgement {
  if (judgement.status !== 'judged' || (times === 1 && plus === 0)) return judgement;
  const { expected, lower, upper } = judgement;
  const back = (value: number): number => value * times + plus;
  return { ...judgement, expected: back(expected), lower: back(lower), upper: back(upper) };
}

/**
 * Has a judge observe a point through a lens. Through one that widens, the judge sees the deviation that many times
 * smaller, so that neither its band nor its memory is upset by what was announced; what it expects is asked of
 * `probe`, a judge of the same state that is thrown away.
 */
export function observeThrough(
  judge: Judge,
  probe: () => Judge,
  point: SeriesPoint,
  lens: Lens,
  kind: SeriesContext['kind'],
): Judgement {
  const seen = shown(point, lens);
  if (lens.widen === 1) return translated(judge.observe(seen), lens);
  const guess = probe().observe(seen);
  if (guess.status !== 'judged') return translated(judge.observe(seen), lens);
  const judgement = judge.observe(drawnTo(guess.expected, seen, lens.widen));
  if (judgement.status !== 'judged') return judgement;
  return translated(widened(judgement, lens.widen, kind), lens);
}

function drawnTo(expected: number, point: SeriesPoint, widen: number): SeriesPoint {
  const value = expected + (point.value - expected) / widen;
  if (point.denominator === null) return withValue(point, value);
  return { ...point, value, numerator: value * point.denominator };
}

function widened(
  judgement: Extract<Judgement, { status: 'judged' }>,
  widen: number,
  kind: SeriesContext['kind'],
): Judgement {
  const { expected, lower, upper } = judgement;
  const least = kind === 'rate' ? 0 : Number.NEGATIVE_INFINITY;
  const most = kind === 'rate' ? Math.max(1, upper) : Number.POSITIVE_INFINITY;
  return {
    ...judgement,
    lower: Math.max(least, expected - widen * (expected - lower)),
    upper: Math.min(most, expected + widen * (upper - expected)),
  };
}
