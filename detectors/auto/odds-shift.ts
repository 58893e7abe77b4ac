import { z } from 'zod';
import type { Judge, Judgement, SeriesContext, SeriesPoint } from '../../src/detection/contract.js';
import type { Json } from '../../src/model/json.js';
import { type Judged, judged } from '../support/band.js';
import { defaultAcceptAfter, weekOfPoints } from '../support/defaults.js';
import { type Quantity, quantityOf } from '../support/quantity.js';
import { readState } from '../support/read-state.js';
import { CaseRatio, casesARun } from './case-ratio.js';
import { CountNoise, CountNoiseState, type Noise } from './count-noise.js';
import { RateRhythm, RateRhythmState, type UsualRate } from './rate-rhythm.js';

const Held = z.tuple([z.number(), z.number(), z.number()]);
const State = z.object({
  rhythm: RateRhythmState,
  noise: CountNoiseState,
  /** The evidence for each of the odds ratios. */
  sums: z.array(z.number()),
  /** What is not learned yet because it may be the beginning of a shift: start, cases, size. */
  held: z.array(Held),
  /** Since when a shift lasts: its points and cases, and the cases that would be usual. */
  episode: z.object({ points: z.number().int(), cases: z.number(), usual: z.number() }).nullable(),
  /** The usual number of cases. */
  casesAPoint: z.number(),
  /** True once there were more cases than orders, as a ratio of two different counts may have. */
  exceedsOne: z.boolean(),
});

/** What is known of a point's time before the point is learned from; good until the same is asked of another. */
interface Known {
  law: Readonly<Noise>;
  usual: Readonly<UsualRate>;
}

const HOUR_SECONDS = 3_600;
const DAY_SECONDS = 86_400;
/** The odds that are looked for, in parts of the usual ones: a shift in between is found nearly as soon. */
const ODDS_RATIOS = [1.5, 2.2, 4.5, 1 / 1.5, 1 / 2.2, 1 / 4.5] as const;
/** Against the highest and the lowest rate that may be the usual one, and against what is taken for it. */
const HIGH = new CaseRatio();
const LOW = new CaseRatio();
const LEARNED = new CaseRatio();
const CASES_A_RUN = ODDS_RATIOS.map(casesARun);
/** The ones whose sums say when a shift may have begun. */
const MIDDLE = [1, 4] as const;
/**
 * Wanted points between false alarms of one sum. A day's rate wanders more than an hour's and a law fitted to a few
 * weeks of days is wide by itself, so that the runs of days are in truth some times as long.
 */
const RUN_OF_HOURS = 30_000;
const RUN_OF_DAYS = 100;
const LEAST_LIMIT = 3.7;
/** Where points have fewer cases than this, four must come together, however seldom there is one. */
const FEW_CASES = 3;
const LIMIT_OF_FEW = 4.5;
/** Evidence, in units of the log-likelihood ratio, from which points are not learned at once. */
const SUSPICION = 1;
/** Points that wait at most, and that are looked at first: a day of them, a week of days. */
const LEAST_HELD = 7;
const MOST_HELD = 96;
/** Points before the first judgement: three days of them, two weeks of days. */
const WARM_UP_DAYS = 3;
const LEAST_WARM_UP = 14;
/** Points from which the usual number of cases is taken. */
const MEMORY = 336;
/** A rate that few cases tell of is taken to be so many standard deviations nearer to what is seen. */
const LEVEL_MARGIN = 1.5;

/**
 * Judges a rate by the orders themselves: likelihood ratio CUSUMs (Page, 1954) for odds that are 1.5, 2.2 and 4.5 times
 * the usual ones, and as many times smaller. For a change that is known no rule with as few false alarms is sooner
 * (Moustakides, 1986); three of them are close to it for all changes in between, the sudden and the small one that
 * lasts (Lorden and Eisenberger, 1973). The loudest decides, and the band is what all of them leave.
 *
 * What is usual is learned with its rhythms ({@link RateRhythm}), and so is how much cases vary beyond chance
 * ({@link CountNoise}): few cases at night, many by day and hours that wander are each weighed for what they tell
 * ({@link CaseRatio}). The limit of a sum follows from the wanted run between false alarms and the independent cases in
 * it, and is never above the logarithm of the run in points (Lorden, 1971).
 *
 * From the first suspicion on points wait before they are learned from, and those of a shift never are: the onset
 * widens nothing. A shift that lasts is the new normal after `accept_after` points, or sooner where less than that was
 * known before it.
 */
export class OddsShiftJudge implements Judge {
  readonly #rhythm: RateRhythm;
  readonly #noise: CountNoise;
  readonly #runPoints: number;
  readonly #acceptAfter: number;
  readonly #warmUp: number;
  readonly #mostHeld: number;
  #s: Omit<z.infer<typeof State>, 'rhythm' | 'noise'>;

  constructor(detector: string, acceptAfter: number | undefined, series: SeriesContext, saved?: Json) {
    const state = saved === undefined ? undefined : readState(State, saved, detector);
    const { bucketSeconds, timezone } = series;
    this.#rhythm = new RateRhythm(detector, bucketSeconds, timezone, state?.rhythm);
    this.#noise = new CountNoise(weekOfPoints(bucketSeconds), state?.noise);
    this.#runPoints =
      bucketSeconds >= DAY_SECONDS ? RUN_OF_DAYS : (RUN_OF_HOURS * HOUR_SECONDS) / bucketSeconds;
    this.#acceptAfter = acceptAfter ?? defaultAcceptAfter(series);
    const aDay = Math.round(DAY_SECONDS / bucketSeconds);
    this.#warmUp = Math.max(LEAST_WARM_UP, WARM_UP_DAYS * aDay);
    this.#mostHeld = Math.min(MOST_HELD, Math.max(LEAST_HELD, aDay));
    this.#s = state ?? {
      sums: ODDS_RATIOS.map(() => 0),
      held: [],
      episode: null,
      casesAPoint: 0,
      exceedsOne: false,
    };
  }

  observe(point: SeriesPoint): Judgement {
    const quantity = quantityOf(point, 'rate');
    const at = point.bucketStart;
    if (this.#rhythm.points < this.#warmUp || !this.#rhythm.knows(at)) {
      this.#warmUpWith(at, quantity);
      return { status: 'not_evaluable', reason: 'cold_start' };
    }
    const known = this.#known(at);
    const judgement = this.#judge(quantity, known);
    this.#keep(at, quantity, known, judgement.score > 1);
    return judgement;
  }

  save(): Json {
    return { ...structuredClone(this.#s), rhythm: this.#rhythm.save(), noise: { ...this.#noise.save() } };
  }

  /** The first points wait until there is a rate to hold them against. */
  #warmUpWith(at: number, { cases, size }: Quantity): void {
    const { held } = this.#s;
    if (this.#rhythm.points > 0) {
      this.#learn(at, cases, size, this.#known(at));
      return;
    }
    held.push([at, cases, size]);
    if (held.length < this.#mostHeld) return;
    const sum = (of: 1 | 2) => held.reduce((total, one) => total + one[of], 0);
    this.#rhythm.begin(sum(1), sum(2), held.length);
    for (const [start, heldCases, heldSize] of held.splice(0))
      this.#learn(start, heldCases, heldSize, this.#known(start));
  }

  #known(at: number): Known {
    const law = this.#noise.law;
    return { law, usual: this.#rhythm.usual(at, law) };
  }

  #judge({ value, cases, size }: Quantity, { law, usual }: Known): Judged {
    const s = this.#s;
    const margin = Math.exp(LEVEL_MARGIN * Math.sqrt(usual.ofLevel));
    const uncertainty = usual.uncertainty - usual.ofLevel;
    const high = HIGH.of(usual.rate * margin, s.exceedsOne, size, law, uncertainty);
    const low = LOW.of(usual.rate / margin, s.exceedsOne, size, law, uncertainty);
    const independent = this.#independentCases(law);
    const least = s.casesAPoint < FEW_CASES ? LIMIT_OF_FEW : LEAST_LIMIT;
    let lower = Number.NEGATIVE_INFINITY;
    let upper = Number.POSITIVE_INFINITY;
    let up = 0;
    let down = 0;
    for (let index = 0; index < ODDS_RATIOS.length; index += 1) {
      const odds = ODDS_RATIOS[index] as number;
      const limit = Math.max(
        least,
        Math.log(this.#runPoints * Math.min(1, independent / (CASES_A_RUN[index] as number))),
      );
      const ratio = (odds > 1 ? high : low).against(odds);
      const before = Math.min(s.sums[index] as number, limit);
      const after = Math.max(0, before + ratio.evidence(cases));
      const edge = ratio.casesAt(limit - before);
      s.sums[index] = Math.min(after, limit);
      if (odds > 1) {
        up = Math.max(up, after / limit);
        upper = Math.min(upper, edge / size);
      } else {
        down = Math.max(down, after / limit);
        lower = Math.max(lower, edge / size);
      }
    }
    return judged(
      {
        expected: s.exceedsOne ? usual.rate : Math.min(usual.rate, 1),
        floor: 0,
        ceiling: s.exceedsOne || value > 1 ? Number.POSITIVE_INFINITY : 1,
      },
      { lower, upper, score: Math.max(up, down), direction: up >= down ? 'up' : 'down' },
    );
  }

  /** Of a usual point. */
  #independentCases({ clumps, wandering }: Noise): number {
    const mean = this.#s.casesAPoint / clumps;
    return mean / (1 + wandering * mean);
  }

  #keep(at: number, { cases, size }: Quantity, known: Known, signals: boolean): void {
    const s = this.#s;
    if (signals || s.episode !== null) {
      s.held = [];
      s.episode ??= { points: 0, cases: 0, usual: 0 };
      s.episode.points += 1;
      s.episode.cases += cases;
      s.episode.usual += size * known.usual.rate;
      if (s.episode.points >= Math.min(this.#acceptAfter, this.#rhythm.points)) {
        this.#rhythm.shift((s.episode.cases + 0.5) / (s.episode.usual + 0.5));
        s.episode = null;
        s.sums.fill(0);
      } else if (!signals && this.#isCalm()) s.episode = null;
      return;
    }
    if (s.held.length === 0 && this.#isCalm()) {
      this.#learn(at, cases, size, known);
      return;
    }
    s.held.push([at, cases, size]);
    const release = this.#isCalm() ? s.held.length : s.held.length - this.#mostHeld;
    for (const [start, heldCases, heldSize] of s.held.splice(0, Math.max(0, release)))
      this.#learn(start, heldCases, heldSize, this.#known(start));
  }

  #isCalm(): boolean {
    for (const index of MIDDLE) if ((this.#s.sums[index] as number) >= SUSPICION) return false;
    return true;
  }

  #learn(at: number, cases: number, size: number, { law, usual }: Known): void {
    const s = this.#s;
    if (cases > size) s.exceedsOne = true;
    if (this.#rhythm.knows(at)) {
      const ratio = LEARNED.of(usual.rate, s.exceedsOne, size, law, usual.uncertainty);
      this.#noise.learn(ratio.counted(cases), ratio.mean, law, usual.uncertainty);
    }
    this.#rhythm.learn(at, cases, size, law);
    s.casesAPoint += (cases - s.casesAPoint) / Math.min(this.#rhythm.points, MEMORY);
  }
}
