import { DateTime } from 'luxon';
import type { Instant } from '../../model/clock.js';

/** What was counted in one bucket: cases, over how much exposure, in which hour of which day of the week. */
export interface Cell {
  at: Instant;
  /** Cases; for counts and sums the value itself. */
  cases: number;
  /** What the cases are counted over; 1 for counts and sums, whose exposure is the bucket. */
  exposure: number;
  phase: Phase;
}

/** Where a bucket lies in its week, in the metric's time zone. `hour` is −1 for buckets of a day or longer. */
export interface Phase {
  day: number;
  hour: number;
}

/** Reads phases in a time zone; buckets of a week or longer have none. */
export function phaseReader(timezone: string, bucketSeconds: number): (at: Instant) => Phase {
  const known = new Map<Instant, Phase>();
  return (at) => {
    let phase = known.get(at);
    if (phase === undefined) {
      const local = DateTime.fromMillis(at, { zone: timezone });
      phase = {
        day: bucketSeconds >= 604_800 ? 0 : local.weekday,
        hour: bucketSeconds >= 86_400 ? -1 : local.hour,
      };
      known.set(at, phase);
    }
    return phase;
  };
}

/** How a series breathes with its week: what a phase brings, as a multiple of the level, and how sure that is. */
export interface Rhythm {
  factor(phase: Phase): number;
  /**
   * The factors that it is made of, each by a name and with its relative variance, from having been seen a few times
   * only. Phases that share a factor share its error.
   */
  parts(phase: Phase): readonly { name: string; variance: number }[];
  /** How many parameters were spent on it. */
  parameters: number;
}

/** Seen fewer times than this, the spread within phases says too little; counts then vary twice as chance does. */
const LEAST_DEGREES = 20;
const PRIOR_DISPERSION = 2;

/**
 * The rhythm of a series from before the incident: a factor for the day of the week, one for the hour of the day,
 * and one for each hour of the week on top. Each is the ratio of the cases seen to those expected without it, drawn
 * towards 1 as far as chance explains its distance (the gamma-Poisson empirical Bayes of Clayton and Kaldor, 1987, its
 * variance by moments), so that a series without a rhythm gets none and one seen for three weeks gets what three weeks
 * can tell.
 */
export function fitRhythm(cells: readonly Cell[]): Rhythm {
  const level = sum(cells, ({ cases }) => cases) / sum(cells, ({ exposure }) => exposure);
  const dispersion = dispersionWithin(cells);
  let expected = cells.map(({ exposure }) => exposure * level);
  const layers = [dayOf, hourOf, slotOf].map((key) => {
    const layer = fitLayer(cells, expected, key, dispersion);
    expected = cells.map(({ phase }, i) => (expected[i] ?? 0) * (layer.get(key(phase))?.factor ?? 1));
    return { key, layer };
  });
  const seen = sum(cells, ({ cases }) => cases);
  const scale = seen / expected.reduce((total, it) => total + it, 0);
  return {
    factor: (phase) =>
      layers.reduce((product, { key, layer }) => product * (layer.get(key(phase))?.factor ?? 1), scale || 1),
    parts: (phase) =>
      layers.map(({ key, layer }, i) => ({
        name: `${i} ${key(phase)}`,
        variance: layer.get(key(phase))?.variance ?? 0,
      })),
    parameters: layers.reduce(
      (total, { layer }) => total + [...layer.values()].reduce((weights, { weight }) => weights + weight, 0),
      0,
    ),
  };
}

interface Part {
  factor: number;
  variance: number;
  /** 0: chance explains all; 1: chance explains nothing. */
  weight: number;
}

const dayOf = ({ day }: Phase): number => day;
const hourOf = ({ hour }: Phase): number => hour;
const slotOf = ({ day, hour }: Phase): number => day * 24 + hour;

function fitLayer(
  cells: readonly Cell[],
  expected: readonly number[],
  key: (phase: Phase) => number,
  dispersion: number,
): Map<number, Part> {
  const groups = new Map<number, { cases: number; expected: number }>();
  for (const [i, { cases, phase }] of cells.entries()) {
    const group = groups.get(key(phase)) ?? { cases: 0, expected: 0 };
    groups.set(key(phase), { cases: group.cases + cases, expected: group.expected + (expected[i] ?? 0) });
  }
  const all = [...groups.values()].filter((group) => group.expected > 0);
  const total = sum(all, (group) => group.expected);
  const spread = sum(all, (group) => group.expected * (group.cases / group.expected - 1) ** 2);
  const weight = total - sum(all, (group) => group.expected ** 2) / total;
  // A single group is the level itself.
  const between = weight > 0 ? Math.max(0, (spread - dispersion * (all.length - 1)) / weight) : 0;
  return new Map(
    [...groups]
      .filter(([, group]) => group.expected > 0)
      .map(([name, group]) => {
        const chance = dispersion / group.expected;
        const share = between / (between + chance);
        return [
          name,
          {
            factor: 1 + share * (group.cases / group.expected - 1),
            variance: share * chance,
            weight: share,
          },
        ];
      }),
  );
}

/** How many times more the same hour of the week varies than Poisson's law would have it. */
function dispersionWithin(cells: readonly Cell[]): number {
  const groups = new Map<number, Cell[]>();
  for (const cell of cells) {
    const group = groups.get(slotOf(cell.phase));
    if (group === undefined) groups.set(slotOf(cell.phase), [cell]);
    else group.push(cell);
  }
  let squares = 0;
  let degrees = 0;
  for (const group of groups.values()) {
    const level = sum(group, ({ cases }) => cases) / sum(group, ({ exposure }) => exposure);
    if (!(level > 0)) continue;
    squares += sum(group, ({ cases, exposure }) => (cases - level * exposure) ** 2 / (level * exposure));
    degrees += group.length - 1;
  }
  return degrees < LEAST_DEGREES ? PRIOR_DISPERSION : Math.max(1, squares / degrees);
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
