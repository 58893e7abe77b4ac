import type { Evidence } from '../../src/followups/measure/evidence.js';
import { DAY, HOUR, type Instant, WEEK } from '../../src/model/clock.js';
import type { Point } from '../../src/model/point.js';
import { seededRandom } from '../support/random.js';

/** A history whose truth is known: hours with a rhythm, an incident, a fix and what came of it. */
export interface Plan {
  seed: number;
  /** Cases of an average bucket before the incident; a rate has `volume` of denominator in an average hour. */
  rate: number;
  volume: number | null;
  weeksBefore: number;
  hoursDuring: number;
  hoursAfter: number;
  /** Levels as multiples of the one before. */
  during: number;
  after: number;
  /** How many times more than Poisson's law the counts vary. */
  dispersion: number;
  /** Strength of the rhythm of day and week, 0 for none. */
  rhythm: number;
  sisters?: number;
  /** What the sisters' levels do in the meantime, as multiples of before. */
  sistersDuring?: number;
  sistersAfter?: number;
}

export interface History {
  evidence: Evidence;
  incidentFrom: Instant;
  firedAt: Instant;
  fixShippedAt: Instant;
}

/** A Monday. */
const START = Date.UTC(2024, 0, 8);

export function simulateHistory(plan: Plan): History {
  const random = seededRandom(plan.seed);
  const incidentFrom = START + plan.weeksBefore * WEEK + Math.floor(random() * 168) * HOUR;
  const fixShippedAt = incidentFrom + plan.hoursDuring * HOUR;
  const end = fixShippedAt + plan.hoursAfter * HOUR;
  const shift = random() * 24;
  const series = (slice: string, during: number, after: number, size: number): Point[] => {
    const points: Point[] = [];
    for (let at = START; at < end; at += HOUR) {
      const level = at < incidentFrom ? 1 : at < fixShippedAt ? during : after;
      points.push(pointAt(slice, at, level, size, plan, shift, random));
    }
    return points;
  };
  const sisters = Array.from({ length: plan.sisters ?? 0 }, (_, i) => {
    const slice = `region=S${i}`;
    return [slice, series(slice, plan.sistersDuring ?? 1, plan.sistersAfter ?? 1, 1 + i / 2)] as const;
  });
  return {
    evidence: {
      timezone: 'Europe/London',
      minDenominator: 1,
      own: series('region=GB', plan.during, plan.after, 1),
      sisters: new Map(sisters),
      episodes: [],
    },
    incidentFrom,
    firedAt: incidentFrom + 2 * HOUR,
    fixShippedAt,
  };
}

function pointAt(
  slice: string,
  at: Instant,
  level: number,
  size: number,
  plan: Plan,
  shift: number,
  random: () => number,
): Point {
  const hour = (at / HOUR) % 24;
  const day = Math.floor(at / DAY) % 7;
  const breath = (strength: number) =>
    (1 + strength * Math.sin(((hour + shift) / 24) * 2 * Math.PI)) *
    (day < 2 ? 1 - strength / 2 : 1 + strength / 5);
  const denominator = plan.volume === null ? null : Math.max(1, Math.round(plan.volume * size * breath(0.4)));
  const mean = plan.rate * level * (denominator ?? size) * breath(plan.rhythm);
  const cases = dispersedCount(mean, plan.dispersion, random);
  const numerator = denominator === null ? cases : Math.min(cases, denominator);
  return {
    metric: 'dispute_rate',
    slice,
    bucketStart: at,
    bucketSeconds: 3600,
    value: denominator === null ? numerator : numerator / denominator,
    numerator,
    denominator,
    amount: numerator * 25,
    revision: 1,
  };
}

/** The level of an average week before the incident, in truth: what the multiples are multiples of. */
export function trueLevel(plan: Plan): number {
  const calm = simulateHistory({ ...plan, seed: 1, dispersion: 0, sisters: 0 }).evidence.own;
  const week = calm.slice(0, 168);
  const exposure = week.reduce((sum, { denominator }) => sum + (denominator ?? 1), 0);
  return week.reduce((sum, { numerator }) => sum + numerator, 0) / exposure;
}

/** A count with the mean and `dispersion` times its variance: Poisson's, with a gamma-distributed mean. 0 is no chance. */
function dispersedCount(mean: number, dispersion: number, random: () => number): number {
  if (dispersion === 0) return mean;
  if (dispersion <= 1) return poisson(mean, random);
  const scale = dispersion - 1;
  return poisson(gamma(mean / scale, random) * scale, random);
}

/** Marsaglia and Tsang, 2000. */
function gamma(shape: number, random: () => number): number {
  if (shape < 1) return gamma(shape + 1, random) * random() ** (1 / shape);
  const d = shape - 1 / 3;
  for (;;) {
    const x = normal(random);
    const v = (1 + x / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Box and Muller, 1958. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** By halving large means, and by multiplication (Knuth, 1969) for what is left. */
function poisson(mean: number, random: () => number): number {
  let count = 0;
  let left = mean;
  while (left > 30) {
    // The sum of k exponential waits is gamma distributed: jump k events at once (Ahrens and Dieter, 1974).
    const k = Math.floor((left * 7) / 8);
    const wait = gamma(k, random);
    if (wait > left) return count + binomial(k - 1, left / wait, random);
    count += k;
    left -= wait;
  }
  const limit = Math.exp(-left);
  for (let product = random(); product > limit; product *= random()) count += 1;
  return count;
}

function binomial(trials: number, share: number, random: () => number): number {
  let hits = 0;
  for (let i = 0; i < trials; i++) if (random() < share) hits += 1;
  return hits;
}
