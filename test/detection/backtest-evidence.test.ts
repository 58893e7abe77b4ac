import { describe, expect, it } from 'vitest';
import { builtinDetectors } from '../../detectors/index.js';
import {
  type Evidence,
  evidenceFrom,
  lossOf,
  splitAt,
  weigh,
} from '../../src/detection/backtest/evidence.js';
import { search } from '../../src/detection/backtest/search.js';
import { type Tunable, tunablesOf } from '../../src/detection/backtest/tunables.js';
import type { FeedbackVerdict } from '../../src/model/alert.js';
import { DAY, HOUR, WEEK } from '../../src/model/clock.js';
import { metric } from '../support/metric.js';
import { episode, label, T0 } from './backtest-fixtures.js';

const END = T0 + 4 * WEEK;

function marked(verdict: FeedbackVerdict, overrides: Parameters<typeof episode>[0] = {}) {
  const feedback = { verdict, by: 'ann', at: END, note: '' };
  return episode({ feedback, ...overrides }).alert;
}

describe('what is known of alerts', () => {
  it('takes an alert called true as an incident, unless a label says so already', () => {
    const alert = marked('true', { slice: 'region=DE', openedAt: T0 + DAY });
    const alone = evidenceFrom(null, [alert], END);
    expect(alone).toMatchObject({
      complete: false,
      incidents: [
        { metric: 'dispute_rate', slice: { region: 'DE' }, from: T0 + DAY, to: T0 + DAY + 3 * HOUR },
      ],
    });
    const labels = [label({ from: T0 + DAY, to: T0 + 2 * DAY })];
    expect(evidenceFrom(labels, [alert], END)).toMatchObject({ complete: true, incidents: labels });
  });

  const run = [
    episode({ openedAt: T0 + HOUR }),
    episode({ openedAt: T0 + 2 * DAY }),
    episode({ openedAt: T0 + 4 * DAY, slice: 'region=DE' }),
    { ...episode({ openedAt: T0 + 5 * DAY }), announcedAt: [] },
  ];
  const span = { from: T0, to: T0 + WEEK };
  const weighed = (evidence: Evidence) => weigh(run, evidence, span, 0);

  it('holds labels to be complete, and feedback not', () => {
    const labels = [label(), label({ from: T0 + 6 * DAY, to: T0 + 6 * DAY + HOUR })];
    expect(weighed(evidenceFrom(labels, [], END))).toMatchObject({
      alerts: 3,
      alertsPerWeek: 3,
      incidents: 2,
      found: 1,
      right: 1,
      wrong: 2,
      unknown: 0,
      precision: 1 / 3,
      recall: 1 / 2,
      delay: HOUR,
      lateness: 1 / 6,
    });
    const said = [
      marked('true', { openedAt: T0 + HOUR }),
      marked('false_alarm', { openedAt: T0 + 2 * DAY + HOUR }),
    ];
    expect(weighed(evidenceFrom(null, said, END))).toMatchObject({
      right: 1,
      wrong: 1,
      unknown: 1,
      precision: 1 / 2,
    });
  });

  it('has the median delay, as a backtest has it', () => {
    const labels = [0, 1, 2].map((day) => label({ from: T0 + day * DAY, to: T0 + (day + 1) * DAY }));
    const told = [1, 2, 9].map((hours, day) => episode({ openedAt: T0 + day * DAY + hours * HOUR }));
    expect(weigh(told, evidenceFrom(labels, [], END), span, 0).delay).toBe(2 * HOUR);
  });

  it("believes a person's word over a label, and counts neither way what was expected or is the new normal", () => {
    const labels = [label({ from: T0, to: T0 + WEEK })];
    const said = [
      marked('false_alarm', { openedAt: T0 + HOUR }),
      marked('expected', { openedAt: T0 + 2 * DAY }),
      marked('new_normal', { openedAt: T0 + 4 * DAY, slice: 'region=DE' }),
    ];
    expect(weighed(evidenceFrom(labels, said, END))).toMatchObject({ right: 0, wrong: 1, unknown: 0 });
  });

  it('asks for no incident that is of no metric', () => {
    const found = weighed(evidenceFrom([label({ metric: null })], [], END));
    expect(found).toMatchObject({ incidents: 0, right: 1, wrong: 2, recall: null });
  });

  it('costs a wrong alert 1, a missed incident what is asked, an unknown alert a half, and lateness its part', () => {
    const weighing = {
      ...weighed(evidenceFrom([], [], END)),
      incidents: 3,
      found: 2,
      wrong: 4,
      unknown: 3,
      lateness: 0.7,
    };
    expect(lossOf(weighing, { missed: 5 })).toBeCloseTo(5 + 4 + 1.5 + 0.7, 12);
  });

  it('is cut where three of five incidents lie before, between two of them', () => {
    const day = (n: number) => label({ from: T0 + n * DAY, to: T0 + n * DAY + 12 * HOUR });
    expect(splitAt([0, 1, 2, 3, 4].map(day))).toBe(T0 + 2 * DAY + 18 * HOUR);
    expect(splitAt([label({ to: T0 + 9 * DAY }), day(3)])).toBe(T0 + 3 * DAY);
    expect(splitAt([day(1)])).toBeNull();
    expect(splitAt([])).toBeNull();
  });
});

describe('what may be tuned', () => {
  it('is what schemas mark and what the pipeline has for every detector, as it is today', () => {
    const tunables = tunablesOf(
      metric({
        detect: [
          { use: 'z-score', params: { width: 3 } },
          { use: 'flatline', params: {} },
        ],
        minDenominator: 40,
        alert: { for: 2, recover: 1, mergeGap: 0, criticalScore: 3 },
      }),
      builtinDetectors,
    );
    expect(tunables.map(({ name, path, today }) => [name, path.join('.'), today])).toEqual([
      ['z-score width', 'detect.0.width', 3],
      ['z-score min_cases', 'detect.0.min_cases', null],
      ['alert for', 'alert.for', 2],
      ['min_relative_deviation', 'min_relative_deviation', null],
      ['false_alerts_per_week', 'false_alerts_per_week', null],
      ['min_denominator', 'min_denominator', 40],
    ]);
    expect(tunables.at(-1)?.values).toEqual([20, 80, 160]);
  });

  it('holds values that the schema takes', () => {
    const all = builtinDetectors.map(({ name }) => metric({ detect: [{ use: name, params: {} }] }));
    const marks = all.flatMap((of) =>
      tunablesOf(of, builtinDetectors)
        .filter(({ path }) => path[0] === 'detect')
        .map(({ path, values }) => [of.detect[0]?.use ?? '', String(path[2]), values] as const),
    );
    expect(marks.length).toBeGreaterThan(5);
    for (const [use, name, values] of marks)
      for (const value of values) {
        const detector = builtinDetectors.find((it) => it.name === use);
        expect(detector?.parameters.safeParse({ [name]: value }).success, `${use} ${name} ${value}`).toBe(
          true,
        );
      }
  });
});

describe('the search', () => {
  const setting = (today: number | null, values: number[]): Tunable => ({
    path: [],
    name: '',
    today,
    values,
  });
  const three = [setting(2, [1, 2, 3, 4]), setting(null, [10, 20]), setting(5, [5, 6])];
  /** Best at 4 and 10; the third setting does not matter. */
  const bowl = async (changes: ReadonlyMap<number, number>) =>
    Math.abs((changes.get(0) ?? 2) - 4) + (changes.get(1) === 10 ? 0 : 3);

  it('finds what costs less, with no change that gains nothing', async () => {
    const found = await search(three, bowl, 100);
    expect([...found.changes]).toEqual([
      [0, 4],
      [1, 10],
    ]);
    expect(found).toMatchObject({ today: 5, best: 0, cutShort: false });
    expect(found.runs).toBeLessThan(20);
  });

  it('changes nothing for less than a quarter of a wrong alert', async () => {
    const slope = async (changes: ReadonlyMap<number, number>) => 1 - 0.1 * (changes.get(0) ?? 2);
    expect((await search(three, slope, 100)).changes.size).toBe(0);
  });

  it('takes back what a later change has made needless', async () => {
    const either = async (changes: ReadonlyMap<number, number>) =>
      changes.get(1) === 10 ? 0 : changes.get(0) === 3 ? 1 : 5;
    expect([...(await search(three, either, 100)).changes]).toEqual([[1, 10]]);
  });

  it('passes over what cannot be had, and stops when its runs are used up', async () => {
    const found = await search(three, async (changes) => (changes.has(1) ? null : bowl(changes)), 100);
    expect([...found.changes]).toEqual([[0, 4]]);
    expect(await search(three, bowl, 3)).toMatchObject({ runs: 3, cutShort: true });
  });
});
