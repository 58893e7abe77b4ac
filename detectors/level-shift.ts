import { z } from 'zod';
import { defineDetector } from '../src/detection/contract.js';
import type { Json } from '../src/model/json.js';
import { onRarerSide } from './support/rarer-side.js';
import { readState } from './support/read-state.js';
import { type ResidualFinding, ResidualJudge, type ResidualStatistic } from './support/residual-judge.js';
import { RhythmParameters } from './support/rhythm.js';

const NAME = 'level-shift';

const Parameters = z.strictObject({
  window: z
    .number()
    .int()
    .min(2)
    .max(500)
    .default(30)
    .describe('How many points back a change is looked for.'),
  threshold: z
    .number()
    .positive()
    .max(100)
    .default(4.5)
    .describe(
      'The root of twice the log-likelihood ratio from which a change is signalled; a distance in standard deviations.',
    )
    .meta({ tune: [3.5, 4, 4.5, 5.5, 7] }),
  period: z
    .enum(['none', 'day', 'week'])
    .default('week')
    .describe('The rhythm that is taken out first, in the time zone of the series.'),
  ...RhythmParameters,
});

const State = z.object({ residuals: z.array(z.number()), signalled: z.boolean() });

/** Residuals count in full up to here and a third beyond, so that an outlier must be vast to pass for a level. */
const OUTLIER = 3;
const OUTLIER_SHARE = 1 / 3;
/** A residual that belongs to a shift is at least this many standard deviations on its side. */
const PART = 0.5;
const JUST_OVER = 1 + 1e-9;

/**
 * Finds the point since which the level is another: the generalised likelihood ratio over all starts within a
 * window (Lai, 1995; Basseville and Nikiforov, 1993, section 2.4.3), which for standardised residuals is the
 * greatest |sum of the last n|/√n. It needs no size of the shift, as a CUSUM does, and costs a window a point.
 *
 * A point that does not stand on the side of the shift itself, by half a standard deviation, is no part of it and
 * ends it: what came before is forgotten.
 */
export const levelShift = defineDetector({
  name: NAME,
  description: 'Change point: since when is the level another one, whatever the size of the shift.',
  parameters: Parameters,
  create: onRarerSide(
    NAME,
    ({ window, threshold, ...rhythm }, series, saved) =>
      new ResidualJudge(NAME, rhythm, series, (state) => new ChangePoint(window, threshold, state), saved),
  ),
});

class ChangePoint implements ResidualStatistic {
  readonly #window: number;
  readonly #threshold: number;
  /** The latest last. */
  #residuals: number[];
  /** Whether the latest point was part of a shift. */
  #signalled: boolean;

  constructor(window: number, threshold: number, saved?: Json) {
    this.#window = window;
    this.#threshold = threshold;
    const state = saved === undefined ? { residuals: [], signalled: false } : readState(State, saved, NAME);
    this.#residuals = state.residuals;
    this.#signalled = state.signalled;
  }

  step(residual: number): ResidualFinding {
    const up = this.#needed(1);
    const down = this.#needed(-1);
    const tempered = temper(residual);
    const rise = residual > 0 ? this.#greatest(tempered, 1) : 0;
    const fall = residual < 0 ? this.#greatest(tempered, -1) : 0;
    this.#residuals.push(tempered);
    if (this.#residuals.length >= this.#window) this.#residuals.shift();
    const greatest = Math.max(rise, fall) / this.#threshold;
    const reached = residual > up || residual < -down;
    if (this.#signalled && !reached) this.#residuals = [tempered];
    this.#signalled = reached;
    return {
      score: reached ? Math.max(greatest, JUST_OVER) : Math.min(greatest, 1),
      direction: residual >= 0 ? 'up' : 'down',
      lower: -down,
      upper: up,
    };
  }

  reset(): void {
    this.#residuals = [];
    this.#signalled = false;
  }

  save(): Json {
    return { residuals: [...this.#residuals], signalled: this.#signalled };
  }

  /** The ratio's root over all starts from the point before on, because one alone is an outlier, with a residual as the last point. */
  #greatest(residual: number, sign: 1 | -1): number {
    let sum = 0;
    let greatest = Number.NEGATIVE_INFINITY;
    for (let back = 1; back <= this.#starts; back += 1) {
      sum += sign * this.#before(back);
      greatest = Math.max(greatest, (sum + sign * residual) / Math.sqrt(back + 1));
    }
    return greatest;
  }

  /** The residual, in the direction of the sign, at which some start reaches the threshold. */
  #needed(sign: 1 | -1): number {
    let sum = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let back = 1; back <= this.#starts; back += 1) {
      sum += sign * this.#before(back);
      least = Math.min(least, this.#threshold * Math.sqrt(back + 1) - sum);
    }
    return Math.max(PART, untemper(least));
  }

  /** How many starts there are to look at; the first of them also where nothing came before. */
  get #starts(): number {
    return Math.min(this.#window - 1, Math.max(1, this.#residuals.length));
  }

  #before(back: number): number {
    return this.#residuals[this.#residuals.length - back] ?? 0;
  }
}

function temper(residual: number): number {
  const beyond = Math.max(0, Math.abs(residual) - OUTLIER);
  return Math.sign(residual) * (Math.abs(residual) - beyond * (1 - OUTLIER_SHARE));
}

function untemper(tempered: number): number {
  return tempered <= OUTLIER ? tempered : OUTLIER + (tempered - OUTLIER) / OUTLIER_SHARE;
}
