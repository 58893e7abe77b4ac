import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtinDetectors } from '../../detectors/index.js';
import { Calendar } from '../../src/detection/calendar.js';
import { Judging } from '../../src/detection/judging.js';
import { HOUR } from '../../src/model/clock.js';
import type { SavedJudge } from '../../src/model/judge-state.js';
import type { MetricDefinition } from '../../src/model/metric.js';
import type { Point } from '../../src/model/point.js';
import type { Verdict } from '../../src/model/verdict.js';
import { startEngine } from '../../src/store/embedded/engine.js';
import { JudgeStateTable } from '../../src/store/judge-state-table.js';
import { migrate } from '../../src/store/migrate.js';
import { Store } from '../../src/store/store.js';
import { VerdictTable } from '../../src/store/verdict-table.js';
import { metric } from '../support/metric.js';
import { seededRandom } from '../support/random.js';
import { type Figures, interleaved, print, printTable, ratio, whole } from './measure.js';
import { processorSeconds, residentMemory } from './process-figures.js';

const SERIES = Number(process.env.REDRESS_BENCH_SERIES ?? 10_000);
/** Two weeks of hours. */
const HISTORY = 336;
const START = Date.UTC(2026, 0, 5);
const ORDERS = 400;
const REPETITIONS = 15;
/** So many hours of all series are filled in by one statement. */
const FILLED_HOURS = 24;

let enginePid = 0;

const random = seededRandom(1);
/** Numbers of cases that series come by in turn; a prime, so that no series has the same again soon. */
const CASES = Uint8Array.from({ length: 1_000_003 }, () => 4 + 9 * random());

/**
 * One tick: the newest points of 10,000 series, each with 336 before it, judged and their verdicts stored; against one
 * query in the engine that computes nothing but each series' plain z-score of its newest point over the 336 before,
 * and writes nothing. Then a restart: the saved judges read, and all of them awake. REDRESS_BENCH_SERIES is another
 * number of series; the queries of a tick are counted, because they are not to grow with it.
 */
export async function tick(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'redress-bench-'));
  const engine = await startEngine({ folder: join(folder, 'store') });
  enginePid = engine.pid;
  const address = { url: engine.url, username: 'default', password: '', database: 'bench_detect' };
  try {
    await migrate(address);
    const store = new Store(address);
    await fill(store);
    const rows: string[][] = [];
    const woken: string[] = [];
    for (const use of ['z-score', 'auto']) {
      const definition = metric({
        id: use,
        slices: [['merchant_id']],
        detect: [{ use, params: {} }],
        falseAlertsPerWeek: 2,
      });
      const { redress, query, queries, saved } = await race(store, definition);
      const of = (figures: Figures, name: string) => figures[name] ?? 0;
      rows.push([
        use,
        whole(of(redress, 'seconds') * 1_000),
        whole(of(query, 'seconds') * 1_000),
        ratio(of(query, 'seconds') / of(redress, 'seconds')),
        ratio(of(query, 'cpu') / of(redress, 'cpu')),
        whole(queries),
        whole(residentMemory(process.pid)),
      ]);
      const { seconds, cpu } = await restart(store, definition, saved);
      woken.push(`${use} ${seconds.toFixed(2)} s (${cpu.toFixed(2)} s of processor time)`);
    }
    print(`  one tick of ${whole(SERIES)} series of ${HISTORY} points, from points to stored verdicts`);
    printTable([
      [
        '',
        'redress, ms',
        'one query, ms',
        'its speed, query = 1',
        'by processor time',
        'queries of a tick',
        'resident, MiB',
      ],
      ...rows,
    ]);
    print(`  ${whole(SERIES)} series awake after a restart: ${woken.join(', ')}`);
    await store.close();
  } finally {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fill(store: Store): Promise<void> {
  await store.statement(
    'CREATE TABLE history (slice String, bucket_start DateTime64(3), value Float64) ORDER BY (slice, bucket_start)',
  );
  // By hours: a hundred thousand series in one statement would outlast the client's patience.
  for (let hour = 0; hour <= HISTORY; hour += FILLED_HOURS)
    await store.statement(
      `INSERT INTO history SELECT concat('merchant_id=m', toString(number % {series:UInt32})),
         fromUnixTimestamp64Milli({start:Int64} + intDiv(number, {series:UInt32}) * 3600000), (4 + rand() % 9) / {orders:UInt32}
       FROM numbers({rows:UInt64})`,
      {
        series: SERIES,
        start: START + hour * HOUR,
        orders: ORDERS,
        rows: SERIES * Math.min(FILLED_HOURS, HISTORY + 1 - hour),
      },
    );
  await store.statement('OPTIMIZE TABLE history FINAL');
}

async function race(
  store: Store,
  definition: MetricDefinition,
): Promise<{ redress: Figures; query: Figures; queries: number; saved: SavedJudge[] }> {
  const judging = newJudging(warm(definition));
  const table = new VerdictTable(store);
  let hour = HISTORY;
  const judgeAndStore = async (points: readonly Point[]): Promise<void> => {
    const judged = judging.judgeBucket(definition, points);
    const decided: Verdict[] = [];
    for (const { verdicts, combined } of judged) decided.push(...verdicts, combined);
    await table.write(decided);
  };
  const { redress, query } = await interleaved(
    [
      [
        'redress',
        () => {
          const points = pointsAt(definition, hour++);
          return timed(() => judgeAndStore(points));
        },
      ],
      ['query', () => timed(() => store.statement(PLAIN_Z_SCORE, { newest: START + HISTORY * HOUR }))],
    ],
    REPETITIONS,
  );
  const before = await queriesSoFar(store);
  await judgeAndStore(pointsAt(definition, hour++));
  const queries = (await queriesSoFar(store)) - before - 1;
  return { redress, query, queries, saved: judging.save() };
}

/** Of everybody, the one that asks for it included. */
async function queriesSoFar(store: Store): Promise<number> {
  const count = "SELECT toUInt32(value) AS n FROM system.events WHERE event = 'Query'";
  for await (const [row] of store.rows<{ n: number }>(count)) if (row !== undefined) return row.n;
  throw new Error('the engine counts no queries');
}

/** What the judges know after 336 points: every series' the same, because only its size matters here. */
function warm(definition: MetricDefinition): SavedJudge[] {
  const judging = newJudging([]);
  for (let hour = 0; hour < HISTORY; hour += 1)
    judging.judgeBucket(definition, pointsAt(definition, hour, 1));
  return judging
    .save()
    .filter(({ slice }) => slice === sliceOf(0))
    .flatMap((saved) =>
      Array.from({ length: SERIES }, (_, series) => ({ ...saved, slice: sliceOf(series) })),
    );
}

const sliceOf = (series: number): string => `merchant_id=m${series}`;

/** From the store to the first judgement of every series: reading, and taking up what the judges knew. */
async function restart(
  store: Store,
  definition: MetricDefinition,
  saved: readonly SavedJudge[],
): Promise<{ seconds: number; cpu: number }> {
  const table = new JudgeStateTable(store);
  await store.statement('TRUNCATE TABLE judge_states');
  await table.write(saved);
  const points = pointsAt(definition, HISTORY + REPETITIONS + 2);
  return timed(async () => {
    const judges = await table.read();
    const judged = newJudging(judges).judgeBucket(definition, points);
    if (judged.some(({ combined }) => combined.status === 'not_evaluable'))
      throw new Error('a series has to learn again after the restart');
  });
}

function newJudging(saved: readonly SavedJudge[]): Judging {
  return new Judging({
    detectors: builtinDetectors,
    calendar: new Calendar([]),
    saved,
    reportFault: ({ error }) => {
      throw error;
    },
  });
}

function pointsAt(definition: MetricDefinition, hour: number, count = SERIES): Point[] {
  return Array.from({ length: count }, (_, series) => {
    const numerator = CASES[(hour * SERIES + series) % CASES.length] as number;
    return {
      metric: definition.id,
      slice: sliceOf(series),
      bucketStart: START + hour * HOUR,
      bucketSeconds: 3_600,
      value: numerator / ORDERS,
      numerator,
      denominator: ORDERS,
      amount: 0,
      revision: 1,
    };
  });
}

/** The time that passed, and the processor time of both processes. */
async function timed(work: () => Promise<unknown>): Promise<{ seconds: number; cpu: number }> {
  const begun = performance.now();
  const before = processorSeconds(process.pid) + processorSeconds(enginePid);
  await work();
  return {
    seconds: (performance.now() - begun) / 1_000,
    cpu: processorSeconds(process.pid) + processorSeconds(enginePid) - before,
  };
}

const PLAIN_Z_SCORE = `
  SELECT slice,
    (maxIf(value, bucket_start = fromUnixTimestamp64Milli({newest:Int64}))
      - avgIf(value, bucket_start < fromUnixTimestamp64Milli({newest:Int64})))
    / stddevSampIf(value, bucket_start < fromUnixTimestamp64Milli({newest:Int64})) AS z
  FROM history GROUP BY slice FORMAT Null`;
