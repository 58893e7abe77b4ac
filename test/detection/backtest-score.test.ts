import { describe, expect, it } from 'vitest';
import { difference } from '../../src/detection/backtest/compare.js';
import { OrderCounter } from '../../src/detection/backtest/orders.js';
import { figuresOf, outcomesOf } from '../../src/detection/backtest/score.js';
import { DAY, HOUR, MINUTE, WEEK } from '../../src/model/clock.js';
import { episode, label, T0 } from './backtest-fixtures.js';
import { ratePoint } from './fixtures.js';

const span = { from: T0, to: T0 + 4 * WEEK };
const outcomes = (labels: ReturnType<typeof label>[], episodes: ReturnType<typeof episode>[]) =>
  outcomesOf(labels, episodes, { grace: 0, countOrders: () => null });

describe('the score of a run', () => {
  it('counts a label once and every alert that tells of none against it', () => {
    const labels = [
      label(),
      label({ from: T0 + WEEK, to: T0 + WEEK + DAY }),
      label({ from: T0 + 2 * WEEK, to: T0 + 3 * WEEK }),
    ];
    const episodes = [
      episode({ openedAt: T0 + 2 * HOUR }),
      episode({ openedAt: T0 + 3 * HOUR, slice: 'region=DE' }),
      episode({ openedAt: T0 + 2 * WEEK + 6 * HOUR }),
      episode({ openedAt: T0 + 6 * DAY }),
    ];
    const held = { ...episode({ openedAt: T0 + 4 * HOUR, slice: 'region=GB' }), announcedAt: [] };
    const found = outcomes(labels, [...episodes, held]);
    expect(found.map(({ delay, episodes: telling }) => [delay, telling.length])).toEqual([
      [2 * HOUR, 2],
      [null, 0],
      [6 * HOUR, 1],
    ]);
    const figures = figuresOf([...episodes, held], found, span);
    expect(figures).toMatchObject({ alerts: 4, alertsPerWeek: 1, held: 1 });
    expect(figures.scores).toMatchObject({
      labels: 3,
      found: 2,
      right: 3,
      precision: 3 / 4,
      recall: 2 / 3,
      delay: 4 * HOUR,
    });
    expect(figures.scores?.f1).toBeCloseTo((2 * (3 / 4) * (2 / 3)) / (3 / 4 + 2 / 3), 12);
  });

  it('names first the alert on the own slice of a label, of those that fire at one moment', () => {
    const german = label({ slice: { region: 'DE' } });
    const slices = ['all', 'category=toys', 'region=DE', 'category=toys,region=DE'];
    const [outcome] = outcomes(
      [german],
      slices.map((slice) => episode({ slice, openedAt: T0 + HOUR })),
    );
    expect(outcome?.episodes.map(({ alert }) => alert.slice)).toHaveLength(4);
    expect(outcome?.episodes[0]?.alert.slice).toBe('region=DE');
  });

  it('is of the alerts that fire and the labels that begin in the time that is counted', () => {
    const labels = [label(), label({ from: T0 + WEEK, to: T0 + WEEK + DAY })];
    const episodes = [episode({ openedAt: T0 + HOUR }), episode({ openedAt: T0 + WEEK + HOUR })];
    const later = { from: T0 + WEEK, to: T0 + 2 * WEEK };
    const figures = figuresOf(episodes, outcomes(labels, episodes), later);
    expect(figures).toMatchObject({
      alerts: 1,
      alertsPerWeek: 1,
      scores: { labels: 1, found: 1, precision: 1 },
    });
  });

  it('says nothing where there is nothing to say it of', () => {
    expect(figuresOf([], null, span).scores).toBeNull();
    expect(figuresOf([], [], span).scores).toMatchObject({ precision: null, recall: null, f1: null });
    const nobodyTold = figuresOf([], outcomes([label()], []), span).scores;
    expect(nobodyTold).toMatchObject({ precision: null, recall: 0, f1: 0 });
  });

  it("of one metric asks for that metric's labels, and takes an alert as right by a label of any", () => {
    const labels = [
      label({ metric: null }),
      label({ metric: 'refund_rate', from: T0 + WEEK, to: T0 + WEEK + DAY }),
    ];
    const episodes = [episode({ openedAt: T0 + HOUR })];
    const figures = figuresOf(episodes, outcomes(labels, episodes), span, 'dispute_rate');
    expect(figures.scores).toMatchObject({ labels: 0, right: 1, precision: 1, recall: null });
  });
});

describe('the delay in orders', () => {
  const counter = (labels: ReturnType<typeof label>[]) => {
    const orders = new OrderCounter(labels, 0);
    for (let hour = 0; hour < 10; hour++) {
      orders.observe(ratePoint(hour, 10));
      orders.observe(ratePoint(hour, 10, { slice: 'region=DE', denominator: 200 }));
      orders.observe(ratePoint(hour, 10, { slice: 'region=GB', denominator: 300 }));
    }
    return orders;
  };
  const until = T0 + 5 * HOUR + 10 * MINUTE;

  it("counts the label's own slice from its beginning, the first bucket in part, to the last that had closed", () => {
    const german = label({ slice: { region: 'DE' }, from: T0 + 2 * HOUR + 30 * MINUTE, to: T0 + 8 * HOUR });
    expect(counter([german]).count(german, episode(), until)).toBe(100 + 2 * 200);
  });

  it("counts the alert's slice where the metric has no such series, and nothing where it counts over nothing", () => {
    const toys = label({ slice: { category: 'toys' }, from: T0 + 3 * HOUR, to: T0 + 8 * HOUR });
    expect(counter([toys]).count(toys, episode({ slice: 'region=GB' }), until)).toBe(600);
    expect(counter([toys]).count(toys, episode({ metric: 'orders' }), until)).toBeNull();
  });
});

describe('the difference of two runs', () => {
  const end = T0 + WEEK;
  const fired = (hours: number, overrides: Parameters<typeof episode>[0] = {}) =>
    episode({ openedAt: T0 + hours * HOUR, ...overrides });

  it('pairs alerts of one series that overlap in time, each once', () => {
    const before = [fired(0), fired(10), fired(20, { slice: 'region=DE' }), fired(30, { resolvedAt: null })];
    const after = [fired(2), fired(20), fired(21, { slice: 'region=GB' }), fired(100)];
    const { added, removed, kept } = difference(before, after, end);
    expect(added).toEqual([after[1], after[2]]);
    expect(removed).toEqual([before[1], before[2]]);
    expect(kept).toEqual([
      { before: before[0], after: after[0], sooner: -2 * HOUR },
      { before: before[3], after: after[3], sooner: -70 * HOUR },
    ]);
    expect(difference(after, before, end).added).toEqual(removed);
  });

  it('holds a fall apart from a rise of the same series', () => {
    const { added, removed } = difference([fired(0)], [fired(0, { direction: 'down' })], end);
    expect([added.length, removed.length]).toEqual([1, 1]);
  });
});
