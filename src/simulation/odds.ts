import { HOUR, type Instant } from '../model/clock.js';
import { type Incident, oddsFactor } from './incident.js';
import { BASE_RATES, CATEGORIES, type Category, REGIONS, type Region, type Trouble } from './marketplace.js';
import { normalAt } from './random.js';

/** Keeps the noises of different troubles and levels apart. */
const SERIES: Readonly<Record<Trouble, number>> = { disputes: 1_000, refunds: 2_000, late_answers: 3_000 };

/**
 * The probability that something goes wrong, at a moment and a place. Its odds are the base's, times the
 * region's and the category's, times what incidents do to them, times a noise that everything in the same
 * hour shares: one part by the hour, one by hour and region, one by hour and category. Cases that share their
 * noise are not independent, so counts vary more than a binomial law allows (a logistic-normal mixture;
 * Williams 1982 gives the effect on variances).
 */
export class Odds {
  readonly #seed: number;
  readonly #deviation: number;
  readonly #incidents: readonly Incident[];

  /** `overdispersion` is the standard deviation of the log-odds between hours, for one region and category. */
  constructor(seed: number, overdispersion: number, incidents: readonly Incident[]) {
    this.#seed = seed;
    this.#deviation = overdispersion / Math.sqrt(3);
    this.#incidents = incidents;
  }

  /** With the incident that adds most at that moment, and its share of the probability; null when none does. */
  at(trouble: Trouble, region: Region, category: Category, at: Instant): Chance {
    const base = BASE_RATES[trouble];
    let odds =
      (base / (1 - base)) * region.trouble * category.trouble * this.#noise(trouble, region, category, at);
    const labels = { region: region.name, category: category.name };
    let cause: Incident | null = null;
    let greatest = 1;
    for (const incident of this.#incidents) {
      if (incident.kind !== trouble) continue;
      const factor = oddsFactor(incident, labels, at);
      odds *= factor;
      if (factor > greatest) {
        greatest = factor;
        cause = incident;
      }
    }
    return { probability: odds / (1 + odds), cause, causeShare: 1 - 1 / greatest };
  }

  #noise(trouble: Trouble, region: Region, category: Category, at: Instant): number {
    if (this.#deviation === 0) return 1;
    const hour = Math.floor(at / HOUR);
    const series = SERIES[trouble];
    const sum =
      normalAt(this.#seed, series, hour) +
      normalAt(this.#seed, series + 100 + REGIONS.indexOf(region), hour) +
      normalAt(this.#seed, series + 200 + CATEGORIES.indexOf(category), hour);
    // The second term makes the mean one, so that the noise does not raise the rates.
    return Math.exp(this.#deviation * sum - (3 * this.#deviation ** 2) / 2);
  }
}

export interface Chance {
  probability: number;
  cause: Incident | null;
  causeShare: number;
}
