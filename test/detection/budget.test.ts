import { describe, expect, it } from 'vitest';
import { Budget } from '../../src/detection/budget.js';
import { Calendar } from '../../src/detection/calendar.js';
import { qValues, rateFor } from '../../src/detection/false-discovery.js';
import { type JudgedPoint, Judging } from '../../src/detection/judging.js';
import { ScoreTail } from '../../src/detection/score-tail.js';
import { HOUR } from '../../src/model/clock.js';
import type { SavedJudge } from '../../src/model/judge-state.js';
import { type MetricDefinition, nominalSeconds } from '../../src/model/metric.js';
import { metric } from '../support/metric.js';
import { seededRandom } from '../support/random.js';
import { judged, ratePoint, scripted, together } from './fixtures.js';

describe('q-values', () => {
  it('are those of Benjamini and Hochberg', () => {
    const p = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216];
    const q = [0.01, 0.04, 0.084, 0.084, 0.084, 0.1, 0.10571, 0.216, 0.216, 0.216];
    expect(qValues(p).map((value) => Number(value.toFixed(5)))).toEqual(q);
  });

  it('stay with their hypotheses, in any order', () => {
    expect(qValues([0.216, 0.001, 0.042])).toEqual([0.216, 0.003, 0.063]);
    expect(qValues([])).toEqual([]);
  });
});

describe('the rate for so many false discoveries', () => {
  it('is below that number, because where one is found by chance others are found with it', () => {
    for (const rate of [1e-9, 0.01, 0.2, 0.5, 0.9])
      expect(rateFor(rate / (1 - rate) ** 2)).toBeCloseTo(rate, 12);
  });
});

/** Normal scores on the detectors' scale, of series that scatter `spread` times as much as their bands allow for. */
function normalScore(random: () => number, spread = 1): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.max(0, (normal * spread) / 3.5);
}

describe('the tail of the scores', () => {
  it.each([1, 1.6])(
    'is learned from what was seen, and goes on beyond it without becoming too light (spread %d)',
    (spread) => {
      const random = seededRandom(7);
      const tail = new ScoreTail();
      for (let bucket = 0; bucket < 500; bucket += 1)
        tail.learn(Array.from({ length: 400 }, () => normalScore(random, spread)));
      expect(tail.probability((2 * spread) / 3.5) / 0.02275).toBeCloseTo(1, 1);
      expect(tail.probability((3 * spread) / 3.5) / 0.00135).toBeCloseTo(1, 0);
      const far = tail.probability((5 * spread) / 3.5) / 2.867e-7;
      // Five standard deviations are far beyond what was seen: an upper bound, but for what chance does to its slope.
      expect(far).toBeGreaterThan(0.3);
      expect(far).toBeLessThan(100);
      for (const probability of [0.2, 1e-3, 1e-5, 1e-8])
        expect(tail.probability(tail.scoreOf(probability)) / probability).toBeCloseTo(1, 6);
    },
  );

  it('takes nothing for granted beyond the bands, where evidence gathers, from how steeply it falls within them', () => {
    const random = seededRandom(10);
    const tail = new ScoreTail();
    // One in a thousand is out of band, by a quarter in the mean: too few for the tail to be known from.
    const score = () =>
      random() < 0.001 ? 1 - Math.log(1 - random()) / 4 : Math.min(1, normalScore(random));
    for (let bucket = 0; bucket < 40; bucket += 1) tail.learn(Array.from({ length: 300 }, score));
    const truth = 0.001 * Math.exp(-4 * 0.6);
    expect(tail.probability(1.6)).toBeGreaterThan(truth / 3);
    expect(tail.probability(1.6)).toBeLessThan(truth * 3);
  });

  it('knows before the first score what a usual band means', () => {
    expect(new ScoreTail().probability(1)).toBeLessThan(0.001);
    expect(new ScoreTail().probability(1)).toBeGreaterThan(0.0002);
  });
});

/** Judges whose scores a test draws: the cases of a point are its score in hundredths. */
const drawn = scripted('drawn', ({ numerator }) => judged(numerator / 100));
const SERIES = 60;
const WEEK_OF_HOURS = 168;
const of = (overrides: Partial<MetricDefinition> = {}) =>
  metric({
    slices: [['merchant']],
    detect: [{ use: 'drawn', params: {} }],
    alert: { for: 1, recover: 2, mergeGap: 0, criticalScore: 3 },
    ...overrides,
  });

const judgingWith = (saved: readonly SavedJudge[] = [], restateHorizon = 0) =>
  new Judging({
    detectors: [drawn],
    calendar: new Calendar([]),
    saved,
    restateHorizon,
    reportFault: ({ error }) => {
      throw error;
    },
  });

const hourOf = (index: number, scores: readonly number[]) =>
  scores.map((score, merchant) => ratePoint(index, score * 100, { slice: `merchant=m${merchant}` }));
const foundIn = (bucket: readonly JudgedPoint[]) =>
  bucket.filter(({ combined }) => combined.status === 'anomalous').map(({ point }) => point.slice);

/** Runs that began in each of `weeks` weeks of a marketplace in which nothing happens, after one to learn from. */
function falseAlerts(definition: MetricDefinition, weeks: number, seed: number, spread: number): number[] {
  const random = seededRandom(seed);
  const judging = judgingWith();
  const begun = Array.from({ length: weeks }, () => 0);
  let before = new Set<string>();
  for (let hour = 0; hour < (weeks + 1) * WEEK_OF_HOURS; hour += 1) {
    const scores = Array.from({ length: SERIES }, () => normalScore(random, spread));
    const found = foundIn(judging.judgeBucket(definition, hourOf(hour, scores)));
    const week = Math.floor(hour / WEEK_OF_HOURS) - 1;
    if (week >= 0) begun[week] = (begun[week] ?? 0) + found.filter((slice) => !before.has(slice)).length;
    before = new Set(found);
  }
  return begun;
}

describe('the budget of false alerts', () => {
  it('is kept in weeks with nothing, by detectors whose bands are too narrow for so many series', () => {
    const spread = 1.25;
    const [unlimited = 0] = falseAlerts(of(), 1, 1, spread);
    const kept = falseAlerts(of({ falseAlertsPerWeek: 2 }), 8, 1, spread);
    expect(unlimited).toBeGreaterThan(20);
    // Two a week, and twice the scatter that chance gives to sixteen.
    expect(kept.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(16 + 2 * Math.sqrt(16));
  });

  it.each([
    ['hour', 1, 30],
    ['hour', 200, 10],
    ['day', 60, 100],
    ['week', 60, 400],
  ] as const)(
    'is the same in buckets of a %s, whether there are many series or one (%i)',
    (unit, series, weeks) => {
      const random = seededRandom(8);
      const definition = of({ bucket: { count: 1, unit }, falseAlertsPerWeek: 2 });
      const budget = new Budget(definition, 0, undefined);
      const buckets = weeks * (604_800 / nominalSeconds(definition.bucket));
      let found = 0;
      // It learns for as long as it is measured. The series scatter twice as much as their bands allow for.
      for (let bucket = -buckets; bucket < buckets; bucket += 1) {
        const evidence = Array.from({ length: series }, () => normalScore(random, 2));
        const limit = budget.limitFor(bucket, evidence);
        if (bucket >= 0) found += evidence.filter((each) => each >= Math.max(1, limit)).length;
      }
      expect(found / weeks).toBeLessThanOrEqual(2 + 3 * Math.sqrt(2 / weeks));
      expect(found / weeks).toBeGreaterThan(1);
    },
  );

  it('bounds the buckets with false alerts where series move together, which come in bunches', () => {
    const random = seededRandom(9);
    const budget = new Budget(of({ falseAlertsPerWeek: 2 }), 0, undefined);
    const weeks = 40;
    let [bunches, alerts] = [0, 0];
    for (let hour = -weeks * WEEK_OF_HOURS; hour < weeks * WEEK_OF_HOURS; hour += 1) {
      const common = normalScore(random);
      const evidence = Array.from({ length: SERIES }, () => Math.hypot(common, normalScore(random)));
      const limit = budget.limitFor(hour, evidence);
      const found = evidence.filter((each) => each >= Math.max(1, limit)).length;
      if (hour >= 0 && found > 0) [bunches, alerts] = [bunches + 1, alerts + found];
    }
    expect(bunches / weeks).toBeLessThanOrEqual(2 + 3 * Math.sqrt(2 / weeks));
    expect(alerts).toBeGreaterThan(2 * bunches);
  });

  it('asks of a point that was not to be judged at first as much as of a lonely one', async () => {
    const judging = judgingWith([], 6 * HOUR);
    const definition = of({ falseAlertsPerWeek: 0.01, minDenominator: 500 });
    const hour = (index: number, score: number, denominator = 1000) =>
      ratePoint(index, score * 100, { slice: 'merchant=m', denominator });
    const points = [hour(0, 0.2), hour(1, 0.3), hour(2, 0, 10), hour(3, 0.2)];
    for (const point of points) judging.judgeBucket(definition, [point]);
    const again = async (score: number) => {
      const restated = points.with(2, hour(2, score));
      const since = new Map([['merchant=m', hour(2, 0).bucketStart]]);
      const [judged] = await together(judging.judgeAgain(definition, since, [restated]));
      return judged?.combined.reason;
    };
    expect(await again(1.01)).toBe('chance');
    expect(await again(3)).toBe('');
  });

  it('leaves true incidents to be found, at once when they are great and after some points when they stay', () => {
    const random = seededRandom(3);
    const judging = judgingWith();
    const definition = of({ falseAlertsPerWeek: 2 });
    const found = new Map<string, number>();
    const onset = WEEK_OF_HOURS;
    for (let hour = 0; hour < onset + 6; hour += 1) {
      const scores = Array.from({ length: SERIES }, () => normalScore(random));
      if (hour >= onset) scores.splice(0, 2, 2.2, 1.15);
      for (const slice of foundIn(judging.judgeBucket(definition, hourOf(hour, scores))))
        if (hour >= onset && !found.has(slice)) found.set(slice, hour - onset);
    }
    expect(found.get('merchant=m0')).toBe(0);
    expect(found.get('merchant=m1')).toBeLessThanOrEqual(2);
  });

  /**
   * `ill` of 200 series are far out for an hour, and weeks later five others one after the other a little, to stay: hours
   * until each is found, and false alerts a week between the two.
   */
  function afterIncident(ill: number) {
    const random = seededRandom(12);
    const judging = judgingWith();
    const definition = of({ falseAlertsPerWeek: 2 });
    const [incident, weeks] = [2 * WEEK_OF_HOURS, 2];
    const onset = incident + weeks * WEEK_OF_HOURS;
    const delays: number[] = [];
    let begun = 0;
    let before = new Set<string>();
    for (let hour = 0; hour < onset + 5 * 24; hour += 1) {
      const scores = Array.from({ length: 200 }, () => normalScore(random));
      if (hour === incident) scores.fill(7, 0, ill);
      const shifted = Math.floor((hour - onset) / 24);
      if (hour >= onset) scores[shifted] = 1.25;
      const found = foundIn(judging.judgeBucket(definition, hourOf(hour, scores)));
      if (hour > incident && hour < onset) begun += found.filter((slice) => !before.has(slice)).length;
      if (hour >= onset && found.includes(`merchant=m${shifted}`)) delays[shifted] ??= (hour - onset) % 24;
      before = new Set(found);
    }
    return { delays, perWeek: begun / weeks };
  }

  it.each([5, 50])('is not deaf for weeks to what is small after %i series were far out once', (ill) => {
    const without = afterIncident(0);
    const { delays, perWeek } = afterIncident(ill);
    expect(without.delays).toHaveLength(5);
    for (const [place, delay] of without.delays.entries())
      expect(delays[place]).toBeLessThanOrEqual(delay + 1);
    expect(perWeek).toBeLessThanOrEqual(2 + 2 * Math.sqrt(2 / 2));
  });

  it('asks less of each when many are out together, and says of the others that it may be chance', () => {
    const random = seededRandom(4);
    const definition = of({ falseAlertsPerWeek: 0.1 });
    const last = (out: number) => {
      const judging = judgingWith();
      for (let hour = 0; hour < 48; hour += 1)
        judging.judgeBucket(
          definition,
          hourOf(
            hour,
            Array.from({ length: SERIES }, () => normalScore(random)),
          ),
        );
      const scores = Array.from({ length: SERIES }, (_, index) => (index < out ? 1.2 : 0.2));
      return judging.judgeBucket(definition, hourOf(48, scores));
    };
    const [lonely] = last(1);
    expect(lonely?.combined).toMatchObject({ status: 'normal', reason: 'chance', score: 1.2 });
    expect(foundIn(last(40))).toHaveLength(40);
  });

  it('is not asked of what was found already, until it has been in band for as long as ends an alert', () => {
    const judging = judgingWith();
    const definition = of({ falseAlertsPerWeek: 0.1 });
    const status = (score: number, hour: number) =>
      judging.judgeBucket(definition, hourOf(hour, [score]))[0]?.combined.reason;
    expect([3, 1.01, 0.2, 1.01, 0.2, 0.2, 1.01].map(status)).toEqual(['', '', '', '', '', '', 'chance']);
  });

  it('goes on after a restart as if nothing had happened', () => {
    const definition = of({ falseAlertsPerWeek: 0.5 });
    const whole = judgingWith();
    let parts = judgingWith();
    const rows = new Map<string, SavedJudge>();
    const random = seededRandom(5);
    for (let hour = 0; hour < 60; hour += 1) {
      const points = hourOf(
        hour,
        Array.from({ length: 20 }, () => normalScore(random, 1.8)),
      );
      expect(parts.judgeBucket(definition, points)).toEqual(whole.judgeBucket(definition, points));
      for (const row of JSON.parse(JSON.stringify(parts.save())) as SavedJudge[])
        rows.set(`${row.detector} ${row.slice} ${row.slot ?? 0}`, row);
      if (hour % 7 === 0) parts = judgingWith([...rows.values()]);
    }
  });
});
