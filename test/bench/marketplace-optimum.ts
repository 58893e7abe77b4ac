import type { SliceLabels } from '../../src/model/slice.js';
import { gammaOfMeanOne, poisson } from '../detectors/support/random.js';
import { seededRandom } from '../support/random.js';
import { pointsOf, relativeVariance, type SlicePoint, type World } from './marketplace-world.js';

/** Four weeks of an average world stand for the rhythm of its volume. */
const RHYTHM_HOURS = 4 * 168;
/** Hours that the limit is found on. */
const SIMULATED_HOURS = 60_000;
/** False alarms among them that the limit is extrapolated from. */
const FALSE_ALARMS = 100;

/**
 * The CUSUM that knows everything: the usual rate with its rhythm, the noise of the hours, and how many times more
 * cases the incident brings. Its steps are the exact log-likelihood ratio of gamma-Poisson counts, which makes it the
 * soonest rule with as few false alarms (Moustakides, 1986). Like every judge it decides at the end of an hour.
 */
export class OptimalCusum {
  readonly #shape: number;
  readonly #limit: number;

  /** @param runHours the wanted mean time between false alarms. */
  constructor(world: World, slice: SliceLabels, oddsRatio: number, runHours: number) {
    this.#shape = 1 / Math.max(1e-6, relativeVariance(world, slice));
    this.#limit = this.#findLimit(world, slice, oddsRatio, runHours);
  }

  /** The index of the hour in which it alarms, from where the incident begins; null when it never does. */
  alarm(points: readonly SlicePoint[]): number | null {
    let sum = 0;
    const at = points.findIndex(({ numerator, usual, raised }) => {
      sum = Math.max(0, sum + this.#step(numerator, usual, raised));
      return sum > this.#limit;
    });
    return at < 0 ? null : at;
  }

  #step(cases: number, usual: number, raised: number): number {
    const r = this.#shape;
    return cases * Math.log(raised / usual) - (cases + r) * Math.log((r + raised) / (r + usual));
  }

  /**
   * False alarms of a likelihood ratio CUSUM thin out by e for every unit of the limit, so that what many hours show
   * at a low limit tells what the wanted time asks for.
   */
  #findLimit(world: World, slice: SliceLabels, oddsRatio: number, runHours: number): number {
    const random = seededRandom(world.seed);
    const volume = hourlyMeans(world, slice);
    const peaks: number[] = [];
    let sum = 0;
    let peak = 0;
    for (let hour = 0; hour < SIMULATED_HOURS; hour += 1) {
      const { usual, size } = volume[hour % volume.length] as { usual: number; size: number };
      if (size === 0) continue;
      const odds = (usual / size / (1 - usual / size)) * oddsRatio;
      const raised = (size * odds) / (1 + odds);
      const cases = poisson(usual * gammaOfMeanOne(1 / this.#shape, random), random);
      sum = Math.max(0, sum + this.#step(cases, usual, raised));
      if (sum === 0 && peak > 0) peaks.push(peak);
      peak = sum === 0 ? 0 : Math.max(peak, sum);
    }
    const reached = peaks.sort((a, b) => b - a)[FALSE_ALARMS - 1] ?? 0;
    return reached + Math.log(runHours / (SIMULATED_HOURS / FALSE_ALARMS));
  }
}

function hourlyMeans(world: World, slice: SliceLabels): { usual: number; size: number }[] {
  const usualWorld = { ...world, incidents: [], campaigns: [] };
  return [...pointsOf(usualWorld, [slice], RHYTHM_HOURS)].map(([point]) => ({
    usual: point?.usual ?? 0,
    size: point?.denominator ?? 0,
  }));
}
