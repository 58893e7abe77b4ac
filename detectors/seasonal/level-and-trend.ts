import { z } from 'zod';

export const LevelAndTrendState = z.object({
  /** Sums over past points, with fading memory: what was usual of them, and what was seen, each also by age. */
  usual: z.tuple([z.number(), z.number(), z.number()]),
  seen: z.tuple([z.number(), z.number()]),
});
type State = z.infer<typeof LevelAndTrendState>;

/** The level that the next point has, in parts of what is usual, or in its unit. */
export interface Level {
  level: number;
  /** What the slope's own uncertainty adds to the level's variance, in parts of a point's. */
  ofTrend: number;
}

/**
 * Level and trend of a series by discounted least squares: a straight line through all past points, of which each counts
 * less by a fixed part than the next one. It is Brown's (1963) general exponential smoothing, which is Holt's (1957)
 * with both of its constants chosen by one memory; unlike either it weighs points by what they tell, and a series
 * that has just begun or that has gaps needs nothing special. The slope is drawn towards none by a prior (Hoerl and
 * Kennard, 1970), so that few cases do not extrapolate.
 */
export class LevelAndTrend {
  readonly #memory: number;
  #usual: State['usual'];
  #seen: State['seen'];

  /** @param memory points after which one counts a third of what it did (1/e). */
  constructor(memory: number, saved?: State) {
    this.#memory = memory;
    this.#usual = saved?.usual ?? [0, 0, 0];
    this.#seen = saved?.seen ?? [0, 0];
  }

  /**
   * How far ahead of the last point that was learned another one is, in points. Over a gap the trend fades as the memory
   * does (Gardner and McKenzie, 1985): what grew before a long holiday need not have gone on growing.
   */
  ahead(steps: number): number {
    return this.#memory * (1 - (1 - 1 / this.#memory) ** steps);
  }

  /**
   * @param ridge evidence, in the unit of `usual` times points squared, that there is no trend; infinite for none.
   * @param half cases that stand for a level of 1 before anything was seen (Jeffreys, 1946).
   */
  at(ahead: number, ridge: number, half: number, neutral: number): Level {
    const [weight, ages, squares] = this.#usual;
    const [seen, seenAges] = this.#seen;
    if (weight + half === 0) return { level: neutral, ofTrend: 0 };
    const middle = weight > 0 ? ages / weight : 0;
    const spread = weight > 0 ? Math.max(0, squares - ages * middle) : 0;
    const away = ahead + middle;
    const told = spread + ridge;
    const growth = told > 0 && told < Number.POSITIVE_INFINITY ? (middle * seen - seenAges) / told : 0;
    return {
      level: (seen + half) / (weight + half) + growth * away,
      ofTrend: told > 0 ? (away * away) / told : 0,
    };
  }

  /** @param usual what is usual of the point at a level of 1 (or 1 where levels add); `seen` what it was. */
  learn(ahead: number, usual: number, seen: number): void {
    const [weight, ages, squares] = this.#usual;
    const [before, beforeAges] = this.#seen;
    const keep = 1 - 1 / this.#memory;
    this.#usual = [
      keep * weight + usual,
      keep * (ages + ahead * weight),
      keep * (squares + 2 * ahead * ages + ahead * ahead * weight),
    ];
    this.#seen = [keep * before + seen, keep * (beforeAges + ahead * before)];
  }

  /** Begins anew with these sums, which are as many points old as one. */
  begin(usual: number, seen: number): void {
    this.#usual = [usual, 0, 0];
    this.#seen = [seen, 0];
  }

  /** Cases, or points where levels add, that the level is made of. */
  get weight(): { usual: number; seen: number } {
    return { usual: this.#usual[0], seen: this.#seen[0] };
  }

  save(): State {
    return { usual: [...this.#usual], seen: [...this.#seen] };
  }
}
