import { type Estimate, meanInterval, shareInterval, studentQuantile } from './interval.js';
import { type Cell, fitRhythm, type Phase, type Rhythm } from './rhythm.js';

/** What a series was like before its incident. */
export interface Baseline {
  isRate: boolean;
  /** The level of an average week. */
  level: number;
  rhythm: Rhythm;
  /** Cells that it was learned from. */
  points: number;
  /** Cases vary so many times more than chance alone would make them. */
  dispersion: number;
  /** How many independent observations the dispersion is worth. */
  degreesOfFreedom: number;
}

/** With fewer points than this nothing is known of before. */
const LEAST_POINTS = 28;
/** Counts are taken to have twice Poisson's variance before there is evidence; it weighs as ten observations. */
const PRIOR_DISPERSION = 2;
const PRIOR_WEIGHT = 10;
/** Days have moods of their own, which hours share: so many points are also looked at together. */
const BLOCK = 24;
/** The dispersion from before weighs as so many observations when a later stretch shows its own. */
const CARRIED_WEIGHT = 40;

/** Learns what was before; null when there is too little of it. */
export function learnBaseline(cells: readonly Cell[], isRate: boolean): Baseline | null {
  const counted = cells.filter(({ exposure }) => exposure > 0);
  const cases = total(counted, ({ cases }) => cases);
  if (counted.length < LEAST_POINTS || cases <= 0) return null;
  const rhythm = fitRhythm(counted);
  const level = cases / total(counted, ({ exposure }) => exposure);
  const known = { isRate, level, rhythm };
  const degrees = Math.max(1, counted.length - rhythm.parameters - 1);
  const single = drawn(chiSquared(known, counted), degrees, PRIOR_DISPERSION, PRIOR_WEIGHT);
  const blocks = chunks(counted, BLOCK);
  const pooled =
    blocks.length < 3
      ? single
      : drawn(chiSquaredOfSums(known, blocks), blocks.length - 1, single, PRIOR_WEIGHT);
  return {
    ...known,
    points: counted.length,
    dispersion: Math.max(1, single, pooled),
    degreesOfFreedom: PRIOR_WEIGHT + degrees,
  };
}

/** What the baseline expects of a phase, per unit of exposure. */
export function expectedAt(baseline: Pick<Baseline, 'level' | 'rhythm'>, phase: Phase): number {
  return baseline.level * baseline.rhythm.factor(phase);
}

/**
 * The level of a stretch as that of an average week: the cases over what the same hours would have brought at a level
 * of 1 (indirect standardisation; Breslow and Day, 1987, chapter 2). A stretch of nights and one of days are so
 * compared as if each had been a week.
 *
 * The interval counts the cases with the dispersion from before and from the stretch itself, and what is not known of
 * the rhythm, unless it was learned from these very cells. Null for a stretch without exposure.
 */
export function levelOver(
  baseline: Baseline,
  cells: readonly Cell[],
  confidence: number,
  learnedFrom: 'these' | 'others' = 'others',
): Estimate | null {
  const size = total(cells, ({ exposure, phase }) => exposure * baseline.rhythm.factor(phase));
  if (!(size > 0)) return null;
  const level = total(cells, ({ cases }) => cases) / size;
  const noise = learnedFrom === 'these' ? 0 : rhythmNoise(baseline, cells, level, size);
  const dispersion = Math.max(1, dispersionOver(baseline, cells, level)) + noise;
  const quantile = studentQuantile(confidence, baseline.degreesOfFreedom);
  // A ratio of two different counts may go above 1, where a share's law ends.
  return baseline.isRate && level <= 1
    ? shareInterval(level, size / dispersion, quantile)
    : meanInterval(level, size / dispersion, quantile);
}

/** Variance of the cases of one unit of exposure around a level: the binomial law's for a share, Poisson's otherwise. */
export function varianceOfCase(isRate: boolean, level: number): number {
  return isRate ? level * Math.max(1 - level, 0.01) : level;
}

function dispersionOver(baseline: Baseline, cells: readonly Cell[], level: number): number {
  if (cells.length < 3 || level <= 0) return baseline.dispersion;
  return drawn(
    chiSquared({ ...baseline, level }, cells),
    cells.length - 1,
    baseline.dispersion,
    CARRIED_WEIGHT,
  );
}

/** What is not known of the rhythm, in the units of the dispersion: the more, the more cases it is applied to. */
function rhythmNoise(
  { rhythm, isRate }: Baseline,
  cells: readonly Cell[],
  level: number,
  size: number,
): number {
  const weights = new Map<string, { weight: number; variance: number }>();
  for (const { exposure, phase } of cells)
    for (const { name, variance } of rhythm.parts(phase)) {
      const known = weights.get(name)?.weight ?? 0;
      weights.set(name, { weight: known + exposure * rhythm.factor(phase), variance });
    }
  const relative = total([...weights.values()], ({ weight, variance }) => (weight / size) ** 2 * variance);
  const variance = varianceOfCase(isRate, level);
  return variance > 0 ? (relative * level * level * size) / variance : 0;
}

type Fitted = Pick<Baseline, 'isRate' | 'level' | 'rhythm'>;

function chiSquared(fitted: Fitted, cells: readonly Cell[]): number {
  return total(cells, (cell) => squareOf(fitted, [cell]));
}

function chiSquaredOfSums(fitted: Fitted, blocks: readonly (readonly Cell[])[]): number {
  return total(blocks, (block) => squareOf(fitted, block));
}

/** Pearson's squared distance of some cells' sum from what is expected of it. */
function squareOf(fitted: Fitted, cells: readonly Cell[]): number {
  let expected = 0;
  let variance = 0;
  for (const { exposure, phase } of cells) {
    const level = expectedAt(fitted, phase);
    expected += level * exposure;
    variance += varianceOfCase(fitted.isRate, level) * exposure;
  }
  return variance > 0 ? (total(cells, ({ cases }) => cases) - expected) ** 2 / variance : 0;
}

/** χ² over its degrees of freedom, drawn towards a prior opinion. */
function drawn(squares: number, degrees: number, prior: number, weight: number): number {
  return (weight * prior + squares) / (weight + degrees);
}

function chunks(cells: readonly Cell[], size: number): Cell[][] {
  const blocks: Cell[][] = [];
  for (let start = 0; start + size <= cells.length; start += size)
    blocks.push(cells.slice(start, start + size));
  return blocks;
}

function total<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}
