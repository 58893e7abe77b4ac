import { beforeEach, describe, expect, it } from 'vitest';
import { builtinDetectors } from '../../detectors/index.js';
import { Calendar } from '../../src/detection/calendar.js';
import type { Detector, SeriesPoint } from '../../src/detection/contract.js';
import { Judging } from '../../src/detection/judging.js';
import { HOUR } from '../../src/model/clock.js';
import type { SavedJudge } from '../../src/model/judge-state.js';
import type { MetricDefinition } from '../../src/model/metric.js';
import type { Point } from '../../src/model/point.js';
import { catchUp } from '../../src/pipeline/catch-up.js';
import { JudgeStateTable } from '../../src/store/judge-state-table.js';
import { PointTable } from '../../src/store/point-table.js';
import type { Store } from '../../src/store/store.js';
import { ratePoint, T0 } from '../detection/fixtures.js';
import { metric } from '../support/metric.js';
import { testDatabase } from '../support/store.js';

const SLICES = ['all', 'region=DE', 'region=GB', 'region=US'];
const detectors = [
  { use: 'z-score', params: { warm_up: 5 } },
  { use: 'seasonal', params: {} },
  { use: 'cusum', params: {} },
];
const definitions = [1, 3].map((count) =>
  metric({
    minDenominator: 50,
    slices: [[], ['region']],
    detect: detectors.slice(0, count),
    falseAlertsPerWeek: 2,
  }),
);

const bucketAt = (hour: number): Point[] =>
  SLICES.map((slice, index) => ratePoint(hour, 10 + ((hour * 7 + index * 5) % 11), { slice }));

let store: Store;
let states: JudgeStateTable;
let points: PointTable;
beforeEach(async () => {
  ({ store } = await testDatabase());
  states = new JudgeStateTable(store);
  points = new PointTable(store);
});

/** After a point for which `isBroken` is true, its judge of `z-score` cannot say what it knows. */
async function started(isBroken: (point: SeriesPoint) => boolean = () => false): Promise<Judging> {
  return new Judging({
    detectors: builtinDetectors.map((detector) =>
      detector.name === 'z-score' ? unsavable(detector, isBroken) : detector,
    ),
    calendar: new Calendar([]),
    saved: await states.read(),
    reportFault: ({ error }) => {
      if ((error as Error).message !== 'cannot be saved') throw error;
    },
  });
}

function unsavable(detector: Detector, isBroken: (point: SeriesPoint) => boolean): Detector {
  return {
    ...detector,
    create: (params, series, saved) => {
      const judge = detector.create(params, series, saved);
      let last: SeriesPoint | null = null;
      return {
        observe: (point) => {
          last = point;
          return judge.observe(point);
        },
        save: () => {
          if (last !== null && isBroken(last)) throw new Error('cannot be saved');
          return judge.save();
        },
      };
    },
  };
}

/** Judges hours as they come, in [from, to). */
function live(judging: Judging, definition: MetricDefinition, from: number, to: number) {
  return Array.from({ length: to - from }, (_, hour) =>
    judging.judgeBucket(definition, bucketAt(from + hour)),
  );
}

/** Goes on from what is stored, at the end of so many hours; of the points only the first are there where that is said. */
async function restarted(definition: MetricDefinition, until: number, stored = until): Promise<Judging> {
  for (let hour = 0; hour < stored; hour += 1) await points.write(bucketAt(hour));
  const judging = await started();
  await catchUp({
    judging,
    metrics: [definition],
    points,
    progress: new Map([[definition.id, T0 + until * HOUR]]),
    findBeginning: async () => T0,
  });
  return judging;
}

describe.each(definitions)('a restart changes no verdict of $detect.length detectors', (definition) => {
  it('when it comes long after the judges were last saved', async () => {
    const judging = await started();
    live(judging, definition, 0, 20);
    await states.write(judging.saving());
    const lived = live(judging, definition, 20, 40);
    expect(live(await restarted(definition, 30), definition, 30, 40)).toEqual(lived.slice(10));
  });

  it('when one judge could not be saved while the others were', async () => {
    const broken = bucketAt(29)[1] as Point;
    const judging = await started(
      (point) => point.bucketStart === broken.bucketStart && point.numerator === broken.numerator,
    );
    live(judging, definition, 0, 20);
    await states.write(judging.saving());
    live(judging, definition, 20, 30);
    await states.write(judging.saving());
    const lived = live(judging, definition, 30, 50);
    const again = await restarted(definition, 35);
    expect(live(again, definition, 35, 50)).toEqual(lived.slice(5));
    // What was made good is saved, and is not asked for again.
    await states.write(again.saving());
    expect((await started()).unseen(definition)).toEqual({ since: T0 + 49 * HOUR, behind: new Map() });
  });

  it('when one judge could never be saved', async () => {
    const judging = await started(({ numerator }) => numerator === bucketAt(29)[1]?.numerator);
    live(judging, definition, 0, 30);
    await states.write(judging.saving());
    const lived = live(judging, definition, 30, 50);
    expect(live(await restarted(definition, 30), definition, 30, 50)).toEqual(lived);
  });

  it('when its points are gone: nobody asks for them again', async () => {
    const judging = await started(({ numerator }) => numerator === bucketAt(29)[1]?.numerator);
    live(judging, definition, 0, 30);
    await states.write(judging.saving());
    const again = await restarted(definition, 30, 0);
    await states.write(again.saving());
    expect((await started()).unseen(definition)).toEqual({ since: T0 + 29 * HOUR, behind: new Map() });
  });

  it('when the process is killed between two portions of a save', async () => {
    const judging = await started();
    live(judging, definition, 0, 20);
    await states.write(judging.saving());
    live(judging, definition, 20, 30);
    const saved = judging.save();
    const lived = live(judging, definition, 30, 50);
    await expect(states.write(brokenOff(saved))).rejects.toThrow('killed');
    await expect.poll(insertsUnderway, { timeout: 30_000 }).toBe(0);
    expect(live(await restarted(definition, 30), definition, 30, 50)).toEqual(lived);
  });
});

/** What a killed process has sent is still worked on by the engine. */
async function insertsUnderway(): Promise<number> {
  const count =
    "SELECT count() AS underway FROM system.processes WHERE query_kind = 'Insert' AND current_database = {database:String}";
  for await (const [row] of store.rows<{ underway: number }>(count, { database: store.database }))
    return row?.underway ?? 0;
  return 0;
}

/** The first of the states, and so many series without points behind it that more than one block is filled; then nothing more. */
function* brokenOff(saved: readonly SavedJudge[]): Generator<SavedJudge> {
  const [first] = saved;
  if (first === undefined) throw new Error('nothing was saved');
  yield first;
  for (let series = 0; series < 2_200_000; series += 1)
    yield { ...first, slice: `merchant_id=${series}`, observedUntil: T0, state: 0 };
  throw new Error('killed');
}
