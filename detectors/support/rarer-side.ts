import { z } from 'zod';
import type { Detector, Judge, Judgement, SeriesPoint } from '../../src/detection/contract.js';
import type { Json } from '../../src/model/json.js';
import { readState } from './read-state.js';

/** Points, of which the last is the first that any detector may judge: fewer are never enough. */
const FIRST_POINTS = 3;
/**
 * Orders after which it is decided which side is the rarer one. Of three orders at 20 % two are cases once in ten times;
 * of thirty more than a half are once in twenty thousand, and at 30 % once in 150. Nearer to a half either side is as
 * good. So many points are enough as well, where an order is not what is counted over.
 */
const FIRST_ORDERS = 30;
/**
 * Points with more cases than orders after which a rate is no share of anything. Some may be a share that is shown in
 * another unit, because the level that was accepted, or announced, is no longer there.
 */
const NO_SHARE = 24;

const Parent = z.object({
  value: z.number(),
  numerator: z.number(),
  denominator: z.number().nullable(),
  expected: z.number().nullable(),
});

const State = z.object({
  /** The first points, as start, cases, size and parent, until it is known which side is the rarer one. */
  first: z.array(z.tuple([z.number(), z.number(), z.number(), Parent.nullish()])),
  /** True where the orders are counted that are no cases; null while it is not known. */
  isTurned: z.boolean().nullable(),
  /** Points with more cases than orders, as a ratio of two different counts may have. */
  exceeding: z.number().int(),
  /** What the judge of that side has saved; it reads that itself. */
  judge: z.unknown(),
});

/**
 * Lets a detector count the rarer side of a rate, whichever that is. Of 99.8 % answers in time the 0.2 % that are late
 * tell what is going on: their number follows the laws of rare cases, has the rhythms, and doubles when something is
 * wrong. So a share and what is left of it are judged alike.
 */
export function onRarerSide<Params>(
  name: string,
  create: Detector<Params>['create'],
): Detector<Params>['create'] {
  return (params, series, saved) =>
    series.kind === 'rate'
      ? new RarerSideJudge(name, (state) => create(params, series, state), saved)
      : create(params, series, saved);
}

class RarerSideJudge implements Judge {
  readonly #create: (saved?: Json) => Judge;
  #first: SeriesPoint[] = [];
  #isTurned: boolean | null = null;
  #exceeding = 0;
  #judge: Judge;

  constructor(name: string, create: (saved?: Json) => Judge, saved?: Json) {
    this.#create = create;
    if (saved === undefined) {
      this.#judge = create();
      return;
    }
    const state = readState(State, saved, name);
    this.#first = state.first.map(([bucketStart, numerator, denominator, parent]) => ({
      bucketStart,
      value: numerator / denominator,
      numerator,
      denominator,
      annotations: [],
      ...(parent != null && { parent }),
    }));
    this.#isTurned = state.isTurned;
    this.#exceeding = state.exceeding;
    this.#judge = create(state.judge as Json);
  }

  observe(point: SeriesPoint): Judgement {
    if (this.#isTurned === false) return this.#judge.observe(point);
    if (this.#isTurned) return this.#observeTurned(point);
    this.#first.push(point);
    if (!this.#isEnough()) return { status: 'not_evaluable', reason: 'cold_start' };
    return this.#begin();
  }

  save(): Json {
    return {
      first: this.#first.map(({ bucketStart, numerator, denominator, parent }) => [
        bucketStart,
        numerator,
        denominator ?? 1,
        parent === undefined ? null : { ...parent },
      ]),
      isTurned: this.#isTurned,
      exceeding: this.#exceeding,
      judge: this.#judge.save(),
    };
  }

  #isEnough(): boolean {
    const { length } = this.#first;
    return length >= FIRST_POINTS && (length >= FIRST_ORDERS || this.#sum('denominator') >= FIRST_ORDERS);
  }

  #sum(of: 'numerator' | 'denominator'): number {
    return this.#first.reduce((total, point) => total + (point[of] ?? 1), 0);
  }

  #begin(): Judgement {
    const first = this.#first;
    this.#isTurned = !first.some(exceeds) && this.#sum('numerator') > this.#sum('denominator') / 2;
    this.#first = [];
    const judgements = first.map((point) => this.observe(point));
    return judgements.at(-1) as Judgement;
  }

  #observeTurned(point: SeriesPoint): Judgement {
    if (exceeds(point)) this.#exceeding += 1;
    if (this.#exceeding < NO_SHARE) return turnedJudgement(this.#judge.observe(turned(point)));
    // What was taken for a share is none: nothing that was learned of its other side is true.
    this.#isTurned = false;
    this.#judge = this.#create();
    return this.#judge.observe(point);
  }
}

const exceeds = ({ numerator, denominator }: SeriesPoint): boolean => numerator > (denominator ?? 1);

/** The same point, of which the orders are counted that are no cases. */
function turned(point: SeriesPoint): SeriesPoint {
  const { denominator, parent, ...rest } = point;
  const size = denominator ?? 1;
  const other: SeriesPoint = {
    ...rest,
    denominator,
    value: Math.max(0, 1 - point.value),
    numerator: Math.max(0, size - point.numerator),
  };
  if (parent === undefined) return other;
  const expected = parent.expected === null ? null : 1 - parent.expected;
  const numerator = (parent.denominator ?? 1) - parent.numerator;
  return { ...other, parent: { ...parent, value: 1 - parent.value, numerator, expected } };
}

function turnedJudgement(judgement: Judgement): Judgement {
  if (judgement.status !== 'judged') return judgement;
  const { expected, lower, upper, score, direction } = judgement;
  return {
    status: 'judged',
    expected: 1 - expected,
    lower: 1 - upper,
    upper: 1 - lower,
    score,
    direction: direction === 'up' ? 'down' : 'up',
  };
}
