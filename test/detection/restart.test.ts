import fc from 'fast-check';
import { expect, it } from 'vitest';
import { builtinDetectors } from '../../detectors/index.js';
import { Calendar } from '../../src/detection/calendar.js';
import { byBucket, type JudgedPoint, Judging } from '../../src/detection/judging.js';
import type { Annotation, CalendarEffect } from '../../src/model/annotation.js';
import { HOUR, type Instant } from '../../src/model/clock.js';
import type { SavedJudge } from '../../src/model/judge-state.js';
import type { MetricDefinition } from '../../src/model/metric.js';
import type { Point } from '../../src/model/point.js';
import { metric, selector } from '../support/metric.js';
import { seededRandom } from '../support/random.js';
import { ratePoint, T0, together } from './fixtures.js';

const HORIZON = 6;
/** Hours of unrest that every detector has learned from before anything happens. */
const LEARNED = 60;
const SLICES = ['all', 'region=DE', 'region=GB', 'category=toys,region=GB'];
/** Limits that nothing comes near: what a fixed one forbids is never the new normal. */
const PARAMS: Record<string, MetricDefinition['detect'][number]['params']> = {
  threshold: { above: 500 },
  'burn-rate': { objective: 0.5 },
};

const definition = metric({
  slices: [[], ['region'], ['region', 'category']],
  minDenominator: 20,
  minRelativeDeviation: 0.1,
  bad: 'both',
  detect: builtinDetectors.map(({ name }) => ({ use: name, params: PARAMS[name] ?? {} })),
  falseAlertsPerWeek: 0.02,
  newNormalAfter: 3,
  alert: { for: 1, recover: 2, mergeGap: 0, criticalScore: 3 },
});
/** The same as counts, of which some detectors know more than of other values. */
const counted = metric({
  ...definition,
  measure: { kind: 'count', of: selector('dispute.opened') },
  detect: definition.detect.filter(({ use }) => use !== 'burn-rate'),
});

/** What the world is: every point as it is known by now, and what has been announced. */
class World {
  readonly of: MetricDefinition;
  points: Point[] = [];
  annotations: Annotation[] = [];
  #calendar = new Calendar([]);
  /** One calendar for both, to which something can be added while they run. */
  readonly calendar = {
    at: (of: MetricDefinition, point: Point) => this.#calendar.at(of, point),
  } as unknown as Calendar;

  constructor(of: MetricDefinition) {
    this.of = of;
  }

  announce(annotation: Annotation): void {
    this.annotations.push(annotation);
    this.#calendar = new Calendar(this.annotations);
  }

  point(hour: number, slice: string, cases: number, orders: number): Point {
    const value = this.of === counted ? cases : cases / orders;
    const denominator = this.of === counted ? null : orders;
    return ratePoint(hour, cases, { slice, value, denominator });
  }
}

/** A process: what it has saved is what the one after it begins with. */
class Process {
  readonly #world: World;
  readonly #rows = new Map<string, SavedJudge>();
  #judging: Judging;

  constructor(world: World) {
    this.#world = world;
    this.#judging = this.#begin();
  }

  judge(points: readonly Point[]): JudgedPoint[] {
    return this.#judging.judgeBucket(this.#world.of, points);
  }

  async judgeAgain(since: ReadonlyMap<string, Instant>): Promise<JudgedPoint[]> {
    const { of, points } = this.#world;
    const slices = this.#judging.toRead(of, this.#judging.canGoBack(of, since));
    this.#judging.read(
      of,
      [...this.#rows.values()].filter(({ slice, slot }) => slot !== 0 && slices.includes(slice)),
    );
    const again = await together(this.#judging.judgeAgain(of, since, [points]));
    this.save();
    return again;
  }

  accept(slice: string): boolean {
    const accepted = this.#judging.acceptLevel(this.#world.of, slice);
    this.save();
    return accepted;
  }

  save(): void {
    for (const row of JSON.parse(JSON.stringify(this.#judging.save())) as SavedJudge[])
      this.#rows.set(`${row.slice} ${row.detector} ${row.slot ?? 0}`, { ...row, slot: row.slot ?? 0 });
  }

  /** Ends without saving. The next one is shown what the last save does not know. */
  crash(): void {
    const { of, points } = this.#world;
    this.#judging = this.#begin();
    const { since } = this.#judging.unseen(of);
    for (const bucket of byBucket(points.filter(({ bucketStart }) => bucketStart > since)))
      this.judge(bucket);
  }

  #begin(): Judging {
    return new Judging({
      detectors: builtinDetectors,
      calendar: this.#world.calendar,
      // Earlier states stay in the store until they are asked for.
      saved: [...this.#rows.values()].map((row) =>
        row.slot === 0 ? row : { ...row, state: null, isElsewhere: true },
      ),
      restateHorizon: HORIZON * HOUR,
      reportFault: ({ error }) => {
        throw error;
      },
    });
  }
}

const effect = fc.constantFrom<CalendarEffect>(
  { kind: 'hold' },
  { kind: 'widen', by: 2 },
  { kind: 'shift', times: 1.5, plus: 0.01 },
);
const hour = fc.record({
  seed: fc.nat(),
  /** What the disputes are multiplied by in Britain from now on; null for as before. */
  level: fc.option(fc.constantFrom(1, 4, 7), { freq: 2 }),
  small: fc.boolean(),
  next: fc.oneof(
    { weight: 3, arbitrary: fc.constant({ what: 'nothing' } as const) },
    fc.constant({ what: 'save' } as const),
    fc.constant({ what: 'crash' } as const),
    fc.constant({ what: 'stop' } as const),
    fc.record({
      what: fc.constant('restate' as const),
      back: fc.integer({ min: 0, max: HORIZON - 1 }),
      slice: fc.integer({ min: 0, max: SLICES.length - 1 }),
      cases: fc.integer({ min: 0, max: 40 }),
    }),
    fc.record({
      what: fc.constant('announce' as const),
      effect,
      begins: fc.integer({ min: -HORIZON + 1, max: 3 }),
      scope: fc.constantFrom('all', 'region=GB'),
    }),
    fc.record({
      what: fc.constant('accept' as const),
      slice: fc.integer({ min: 0, max: SLICES.length - 1 }),
    }),
  ),
});

it.each([
  ['a rate', definition],
  ['a count', counted],
])(
  'judges %s as if it had never been ended, whatever is restated, announced or accepted in between',
  async (_kind, of) => {
    await fc.assert(
      fc.asyncProperty(fc.array(hour, { minLength: 10, maxLength: 25 }), async (hours) => {
        const world = new World(of);
        const whole = new Process(world);
        const parts = new Process(world);
        const both = async <T>(act: (process: Process) => T) => {
          const expected = await act(whole);
          expect(await act(parts)).toEqual(expected);
        };
        const lived = [
          ...Array.from({ length: LEARNED }, (_, index) => ({ seed: index, level: null, small: false })),
          ...hours,
        ];
        let now = 1;
        for (const [index, { seed, level, small }] of lived.entries()) {
          now = level ?? now;
          const random = seededRandom(seed);
          const points = SLICES.map((slice) => {
            const orders = small && slice === 'region=DE' ? 10 : 400;
            const cases = Math.round((slice.includes('GB') ? now : 1) * (4 + 5 * random()));
            return world.point(index, slice, cases, orders);
          });
          world.points.push(...points);
          await both((process) => process.judge(points));
          const next = hours[index - LEARNED]?.next ?? { what: 'nothing' };
          if (next.what === 'save') parts.save();
          if (next.what === 'stop') parts.save();
          if (next.what === 'stop' || next.what === 'crash') parts.crash();
          if (next.what === 'accept') await both((process) => process.accept(SLICES[next.slice] as string));
          if (next.what === 'restate') {
            const slice = SLICES[next.slice] as string;
            const at = T0 + (index - next.back) * HOUR;
            world.points = world.points.map((point) =>
              point.slice === slice && point.bucketStart === at
                ? world.point(index - next.back, slice, next.cases, 400)
                : point,
            );
            await both((process) => process.judgeAgain(new Map([[slice, at]])));
          }
          if (next.what === 'announce') {
            const startsAt = T0 + (index + next.begins) * HOUR + HOUR / 2;
            // Before it takes effect, everything that is known is saved.
            parts.save();
            world.announce({
              annotationId: `a${index}`,
              kind: 'campaign',
              title: 'Sale',
              scope: next.scope,
              effect: next.effect,
              startsAt,
              endsAt: startsAt + 4 * HOUR,
            });
            parts.crash();
            const from = T0 + (index + next.begins) * HOUR;
            const concerned = SLICES.filter((slice) => next.scope === 'all' || slice.includes('GB'));
            await both((process) => process.judgeAgain(new Map(concerned.map((slice) => [slice, from]))));
          }
        }
      }),
      { numRuns: 15 },
    );
  },
  120_000,
);
