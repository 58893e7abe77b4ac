import { DAY, HOUR, type Instant } from '../../src/model/clock.js';
import type { Point } from '../../src/model/point.js';
import { formatSlice, type SliceLabels } from '../../src/model/slice.js';
import { type Incident, oddsFactor } from '../../src/simulation/incident.js';
import { BASE_RATES, CATEGORIES, REGIONS, type Trouble } from '../../src/simulation/marketplace.js';
import { Odds } from '../../src/simulation/odds.js';
import { Random } from '../../src/simulation/random.js';
import { LocalDays } from '../../src/simulation/rhythm.js';

/**
 * A marketplace without its events: the hourly points of a rate, drawn from the laws of `src/simulation`, with a
 * rhythm of day and week in the rate itself.
 */
export interface World {
  seed: number;
  ordersPerDay: number;
  trouble: Trouble;
  /** Standard deviation of the log-odds between hours, for one region and category. */
  overdispersion: number;
  incidents: readonly Incident[];
  campaigns: readonly Campaign[];
}

/** A sale: many more orders, and no more trouble with each. */
export interface Campaign {
  category: string;
  startsAt: Instant;
  endsAt: Instant;
  factor: number;
}

/** One region and category. */
interface Cell {
  region: (typeof REGIONS)[number];
  category: (typeof CATEGORIES)[number];
  labels: SliceLabels;
}

export const START = Date.UTC(2024, 0, 1);
const TIMEZONE = 'Europe/London';
/** Beyond this a Poisson count is a normal one, to the eye of any detector. */
const LARGE = 400;
/** Between the seeds of two worlds lie those of all hours of one. */
const HOUR_SEEDS = 1_000_003;

const CELLS: readonly Cell[] = REGIONS.flatMap((region) =>
  CATEGORIES.map((category) => ({
    region,
    category,
    labels: { region: region.name, category: category.name },
  })),
);

const isIn = (labels: SliceLabels, cell: Cell): boolean =>
  Object.entries(labels).every(([name, value]) => cell.labels[name] === value);

/** Orders a day in a slice, on an average day. */
export const dailyOrders = (world: Pick<World, 'ordersPerDay'>, labels: SliceLabels): number =>
  CELLS.filter((cell) => isIn(labels, cell)).reduce(
    (sum, { region, category }) => sum + world.ordersPerDay * region.share * category.share,
    0,
  );

/** Everything, every region, every category and every pair, as far as it has three orders a day. */
export const slicesOf = (world: Pick<World, 'ordersPerDay'>): SliceLabels[] =>
  [
    {},
    ...REGIONS.map(({ name }) => ({ region: name })),
    ...CATEGORIES.map(({ name }) => ({ category: name })),
    ...CELLS.map(({ labels }) => labels),
  ].filter((labels) => dailyOrders(world, labels) >= 3);

/** A point with what is true of its hour and not seen: the cases that are expected without and with the incident. */
export interface SlicePoint extends Point {
  usual: number;
  raised: number;
}

/**
 * The points of some slices, hour by hour, from one hour to another; an hour without orders has none. Every hour has
 * chances of its own, so that what is drawn for it does not hang on where the walk began.
 */
export function* pointsOf(
  world: World,
  slices: readonly SliceLabels[],
  until: number,
  from = 0,
): Generator<SlicePoint[], void, undefined> {
  const days = new LocalDays(START, TIMEZONE);
  const odds = new Odds(world.seed, world.overdispersion, world.incidents);
  const calm = new Odds(world.seed, 0, []);
  const cells = CELLS.filter((cell) => slices.some((labels) => isIn(labels, cell)));
  const usualOdds = cells.map(({ region, category }) =>
    oddsOf(calm.at(world.trouble, region, category, START).probability),
  );
  const members = slices.map((labels) => cells.flatMap((cell, index) => (isIn(labels, cell) ? [index] : [])));
  for (let index = from; index < until; index += 1) {
    const at = START + index * HOUR;
    const random = new Random(world.seed * HOUR_SEEDS + index);
    const day = days.dayOf(at);
    const share = days.buyingShare(day, Math.floor((at - days.startOf(day)) / HOUR) % 24);
    const rhythm = rhythmAt(at);
    const drawn = cells.map(({ region, category, labels }, cell) => {
      const usual = (usualOdds[cell] as number) * rhythm;
      const incident = world.incidents.reduce((factor, it) => factor * oddsFactor(it, labels, at), 1);
      const chance = oddsOf(odds.at(world.trouble, region, category, at).probability) * rhythm;
      const demand = world.ordersPerDay * share * region.share * category.share;
      const size = count(demand * demandFactor(world, category.name, at), random);
      const cases = size === 0 ? 0 : Math.min(size, count(size * shareOf(chance), random));
      return { size, cases, usual: size * shareOf(usual), raised: size * shareOf(usual * incident) };
    });
    const sum = (cellsOf: readonly number[], of: keyof (typeof drawn)[number]) =>
      cellsOf.reduce((total, cell) => total + (drawn[cell]?.[of] ?? 0), 0);
    yield slices.flatMap((labels, slice) => {
      const cellsOf = members[slice] as number[];
      const denominator = sum(cellsOf, 'size');
      if (denominator === 0) return [];
      const numerator = sum(cellsOf, 'cases');
      return [
        {
          metric: 'dispute_rate',
          slice: formatSlice(labels),
          bucketStart: at,
          bucketSeconds: 3_600,
          value: numerator / denominator,
          numerator,
          denominator,
          amount: 0,
          revision: 1,
          usual: sum(cellsOf, 'usual'),
          raised: sum(cellsOf, 'raised'),
        },
      ];
    });
  }
}

/** The odds by the time of the week: a quarter more or less between day and night, a tenth more at weekends. */
function rhythmAt(at: Instant): number {
  const hour = (at / HOUR) % 24;
  const isWeekend = new Date(at).getUTCDay() % 6 === 0;
  return (1 + 0.25 * Math.sin(((hour - 3) / 12) * Math.PI)) * (isWeekend ? 1.1 : 1);
}

const oddsOf = (share: number): number => share / (1 - share);
const shareOf = (odds: number): number => odds / (1 + odds);

function demandFactor({ campaigns }: World, category: string, at: Instant): number {
  const running = campaigns.find((it) => it.category === category && at >= it.startsAt && at < it.endsAt);
  return running?.factor ?? 1;
}

function count(mean: number, random: Random): number {
  if (mean < LARGE) return random.poisson(mean);
  return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal()));
}

/** A sale in another category every second week, for three days. */
export function campaignsIn(hours: number): Campaign[] {
  return Array.from({ length: Math.floor((hours * HOUR) / (14 * DAY)) }, (_, nth) => ({
    category: CATEGORIES[nth % CATEGORIES.length]?.name ?? '',
    startsAt: START + (14 * nth + 9) * DAY,
    endsAt: START + (14 * nth + 12) * DAY,
    factor: 2.5,
  }));
}

/**
 * How much the true rate of a slice varies from hour to hour beside its mean, squared: the noise that all hours
 * share, what the regions have of their own and what the categories have, each by its weight.
 */
export function relativeVariance(world: Pick<World, 'overdispersion'>, labels: SliceLabels): number {
  const cells = CELLS.filter((cell) => isIn(labels, cell));
  const total = cells.reduce((sum, { region, category }) => sum + weight({ region, category }), 0);
  const squares = (of: (cell: Cell) => string) => {
    const sums = new Map<string, number>();
    for (const cell of cells) sums.set(of(cell), (sums.get(of(cell)) ?? 0) + weight(cell) / total);
    return [...sums.values()].reduce((sum, part) => sum + part ** 2, 0);
  };
  const part = Math.expm1(world.overdispersion ** 2 / 3);
  return part * (1 + squares(({ region }) => region.name) + squares(({ category }) => category.name));
}

/** The noise with which the cases of an average hour of the whole vary by so many standard deviations of chance. */
export function overdispersionFor(world: World, deviations: number): number {
  const cases = (world.ordersPerDay / 24) * BASE_RATES[world.trouble];
  const unit = relativeVariance({ overdispersion: Math.sqrt(3 * Math.LN2) }, {});
  return Math.sqrt(3 * Math.log1p((deviations ** 2 - 1) / cases / unit));
}

const weight = ({ region, category }: Pick<Cell, 'region' | 'category'>): number =>
  region.share * region.trouble * category.share * category.trouble;
