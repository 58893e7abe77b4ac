import { z } from 'zod';

export const CountNoiseState = z.object({
  points: z.number(),
  weight: z.number(),
  x: z.number(),
  y: z.number(),
  xx: z.number(),
  xy: z.number(),
});

/** Before there is evidence: no clumps, and rates that wander from hour to hour by a third of themselves. */
const PRIOR_WANDERING = 0.1;
/** How many points this opinion weighs as much as, for clumps and for wandering. */
const PRIOR_WEIGHT = 10;
/** No distance counts for more than so many standard deviations and cases: one outlier is no law, and a clump is none. */
const GREATEST_DEVIATIONS = 3.5;
const GREATEST_CASES = 4;

/** A law of counts with the variance clumps·mean + wandering·mean². */
export interface Noise {
  /** At least 1: how many cases come together. */
  clumps: number;
  /** At least 0: the variance of the rate itself from point to point, in parts of its square. */
  wandering: number;
}

/** Filled in again for each answer: a new one for each point would be a tenth of the garbage of a judgement. */
const answer: Noise = { clumps: 0.5, wandering: 0.5 };

/**
 * What makes counts vary more than chance: cases that come in clumps, which multiplies the variance, and a rate that
 * wanders, which adds a square of the mean. The first shows at night as well, the second only by day, so both are told
 * apart by a weighted regression of squared distances on the mean, forgetting exponentially. It starts from an opinion
 * and never believes in less variation than chance gives.
 */
export class CountNoise {
  readonly #fade: number;
  #s: z.infer<typeof CountNoiseState>;

  /** @param memory points after which one counts a third of what it did (1/e). */
  constructor(memory: number, saved?: z.infer<typeof CountNoiseState>) {
    this.#fade = 1 - 1 / memory;
    this.#s = saved ?? { points: 0, weight: 0, x: 0, y: 0, xx: 0, xy: 0 };
  }

  /** What is known now; to be read before it is asked for again, of any series. */
  get law(): Readonly<Noise> {
    const s = this.#s;
    const typical = s.weight > 0 ? s.x / s.weight : 1;
    const opinion = PRIOR_WEIGHT * (s.points > 0 ? s.weight / s.points : 1);
    const wanders = 1 + Math.min(1, PRIOR_WANDERING * typical);
    // Two opinions: chance alone where nothing is expected, and some wandering where a point usually is.
    const weight = s.weight + 2 * opinion;
    const x = s.x + opinion * typical;
    const y = s.y + opinion * (1 + wanders);
    const xx = s.xx + opinion * typical ** 2;
    const xy = s.xy + opinion * typical * wanders;
    const determinant = weight * xx - x * x;
    const slope = determinant > 1e-9 * weight * xx ? (weight * xy - x * y) / determinant : 0;
    if (slope <= 0) return answered(Math.max(1, y / weight), 0);
    const clumps = (y - slope * x) / weight;
    return clumps >= 1 ? answered(clumps, slope) : answered(1, Math.max(0, (xy - x) / xx));
  }

  /**
   * @param law as it was known when the mean was found.
   * @param uncertainty the variance of the true rate around what was expected of it, in parts of its square.
   */
  learn(cases: number, mean: number, { clumps, wandering }: Noise, uncertainty: number): void {
    if (!(mean > 0)) return;
    const expected = clumps + (wandering + uncertainty) * mean;
    const most = GREATEST_DEVIATIONS * Math.sqrt(expected * mean) + GREATEST_CASES * clumps;
    const y = Math.min(Math.abs(cases - mean), most) ** 2 / mean - uncertainty * mean;
    const weight = 1 / (expected * expected);
    const s = this.#s;
    s.points = this.#fade * s.points + 1;
    s.weight = this.#fade * s.weight + weight;
    s.x = this.#fade * s.x + weight * mean;
    s.y = this.#fade * s.y + weight * y;
    s.xx = this.#fade * s.xx + weight * mean * mean;
    s.xy = this.#fade * s.xy + weight * mean * y;
  }

  save(): z.infer<typeof CountNoiseState> {
    return { ...this.#s };
  }
}

function answered(clumps: number, wandering: number): Readonly<Noise> {
  answer.clumps = clumps;
  answer.wandering = wandering;
  return answer;
}
