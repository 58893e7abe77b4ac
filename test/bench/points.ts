import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PointMaker } from '../../src/metrics/point-maker.js';
import { HOUR } from '../../src/model/clock.js';
import type { MetricDefinition } from '../../src/model/metric.js';
import { type EmbeddedEngine, startEngine } from '../../src/store/embedded/engine.js';
import { migrate } from '../../src/store/migrate.js';
import { PointTable } from '../../src/store/point-table.js';
import { Store } from '../../src/store/store.js';
import { metric, selector } from '../support/metric.js';
import { type Figures, interleaved, print, printTable, ratio, whole } from './measure.js';
import { processorSeconds } from './process-figures.js';

const START = Date.UTC(2026, 0, 5);
const SERIES = 10_000;
/** One event in so many is a dispute, the others are deliveries. */
const DISPUTES = 20;
/** Events come in batches, and each batch is a part of its own until the engine merges them. */
const BATCH = 100_000;

/**
 * The points of one closed hour of a million events into 10,000 series, from stored events to stored points:
 * the way that the service goes, against one statement by hand that counts, formats and writes the same rows
 * inside the engine, for a count and for a ratio. Both read events exactly once each (`FINAL`) and both write a
 * table of the points' columns and order. With REDRESS_BENCH_DAY=1 also a day of ten million.
 */
export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'redress-bench-'));
  const engine = await startEngine({ folder: join(folder, 'store') });
  try {
    await compare(engine, { events: 1_000_000, hours: 1, repetitions: 9 });
    if (process.env.REDRESS_BENCH_DAY === '1')
      await compare(engine, { events: 10_000_000, hours: 24, repetitions: 3 });
  } finally {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Load {
  events: number;
  hours: number;
  repetitions: number;
}

async function compare(engine: EmbeddedEngine, load: Load): Promise<void> {
  const address = {
    url: engine.url,
    username: 'default',
    password: '',
    database: `bench_points_${load.hours}`,
  };
  await migrate(address);
  const store = new Store(address);
  try {
    await fill(store, load);
    print(`  ${whole(load.events)} events of ${load.hours} h into ${whole(SERIES)} series`);
    const rows = [['', 'ms', 'by hand = 1', 'Node, CPU s', 'engine, CPU s']];
    for (const kind of ['count', 'ratio'] as const) {
      const { redress, byHand } = await interleaved(
        [
          ['redress', () => throughRedress(store, kind, load).then((work) => measured(engine, work))],
          ['byHand', () => measured(engine, () => handWritten(store, kind, load))],
        ],
        load.repetitions,
      );
      await expectSame(store, kind, load);
      const row = (name: string, figures: Figures) => [
        `${kind}, ${name}`,
        whole((figures.seconds ?? 0) * 1_000),
        ((figures.seconds ?? 0) / (byHand.seconds ?? 0)).toFixed(2),
        (figures.node ?? 0).toFixed(2),
        (figures.engine ?? 0).toFixed(2),
      ];
      rows.push(row('redress', redress), row('by hand', byHand));
      print(`  ${kind}: redress has ${ratio((byHand.seconds ?? 0) / (redress.seconds ?? 0))} the speed`);
    }
    printTable(rows);
  } finally {
    await store.statement(`DROP DATABASE ${address.database}`);
    await store.close();
  }
}

/** Events that are spread evenly over the hours and the merchants; one in twenty is written twice. */
async function fill(store: Store, { events, hours }: Load): Promise<void> {
  // The parts stay as they are, so that every run reads the same.
  await store.statement('SYSTEM STOP MERGES events_log');
  for (let from = 0; from < events; from += BATCH)
    await store.statement(
      `INSERT INTO events_log (event_id, type, occurred_at, order_id, merchant_id, region, category, amount, currency,
         attributes, received_at, source, position, version)
       SELECT
         concat('e-', toString(n)), if(n % {disputes:UInt32} = 0, 'dispute.opened', 'order.delivered'),
         fromUnixTimestamp64Milli({start:Int64} + intHash32(n) % {length:Int64}, 'UTC'), concat('order-', toString(n)),
         concat('merchant-', toString(intHash32(n + 7) % {series:UInt32})), 'GB', 'toys',
         toDecimal128(n % 10000, 18) / 100, 'EUR', map('plan', 'basic'), now64(3), 'kafka', concat('t/0/', toString(n)), n
       FROM (SELECT number AS n FROM numbers({from:UInt64}, {count:UInt64})
             UNION ALL SELECT number * 20 AS n FROM numbers(intDiv({from:UInt64}, 20), intDiv({count:UInt64}, 20)))`,
      {
        disputes: DISPUTES,
        start: START,
        length: hours * HOUR,
        series: SERIES - 1,
        from,
        count: Math.min(BATCH, events - from),
      },
    );
  await store.statement('CREATE TABLE by_hand AS points_log');
}

let runs = 0;

function definitionOf(kind: 'count' | 'ratio', id: string, hours: number): MetricDefinition {
  return metric({
    id,
    bucket: hours === 1 ? { count: 1, unit: 'hour' } : { count: 1, unit: 'day' },
    measure:
      kind === 'count'
        ? { kind: 'count', of: selector(['order.delivered', 'dispute.opened']) }
        : {
            kind: 'ratio',
            numerator: selector('dispute.opened'),
            denominator: selector('order.delivered'),
          },
    slices: [[], ['merchant_id']],
    maxSeries: SERIES,
  });
}

/**
 * A metric of a new name each time, whose bucket has just closed. The bucket before it was empty; its making, which
 * is not measured, has read what a running service knows.
 */
async function throughRedress(
  store: Store,
  kind: 'count' | 'ratio',
  { hours }: Load,
): Promise<() => Promise<void>> {
  runs += 1;
  const maker = new PointMaker(new PointTable(store));
  const definition = definitionOf(kind, `${kind}_${runs}`, hours);
  await maker.make(definition, [START - hours * HOUR]);
  return async () => {
    await maker.make(definition, [START]);
  };
}

async function handWritten(store: Store, kind: 'count' | 'ratio', { hours }: Load): Promise<void> {
  runs += 1;
  const counted =
    kind === 'count'
      ? `count() AS numerator, NULL AS denominator, sum(ifNull(events_log.amount, 0)) AS money, count() AS value`
      : `countIf(type = 'dispute.opened') AS numerator, countIf(type = 'order.delivered') AS denominator,
         sumIf(ifNull(events_log.amount, 0), type = 'dispute.opened') AS money, numerator / denominator AS value`;
  await store.statement(
    `INSERT INTO by_hand
       (metric, slice, bucket_start, bucket_seconds, value, numerator, denominator, amount, revision)
     SELECT {metric:String}, if(whole = 1, 'all', concat('merchant_id=', merchant_id)),
       fromUnixTimestamp64Milli({from:Int64}, 'UTC'), {seconds:UInt32}, value, numerator, denominator, toFloat64(money), 1
     FROM
     (
       SELECT merchant_id, grouping(merchant_id) AS whole, ${counted}
       FROM events_log FINAL
       WHERE type IN ('order.delivered', 'dispute.opened')
         AND occurred_at >= fromUnixTimestamp64Milli({from:Int64}) AND occurred_at < fromUnixTimestamp64Milli({to:Int64})
       GROUP BY GROUPING SETS ((merchant_id), ())
     )
     SETTINGS do_not_merge_across_partitions_select_final = 1`,
    { metric: `${kind}_${runs}`, from: START, to: START + hours * HOUR, seconds: hours * 3_600 },
  );
}

/** Both ways must have made the same points, or the comparison is worth nothing. */
async function expectSame(store: Store, kind: string, { events }: Load): Promise<void> {
  const [own, other] = ['points_log', 'by_hand'].map(
    (table) =>
      `SELECT slice, value, numerator, denominator, round(amount, 6) FROM ${table}
       WHERE metric = (SELECT max(metric) FROM ${table} WHERE startsWith(metric, {kind:String}))`,
  );
  for await (const [row] of store.rows<{ same: number; both: number }>(
    `SELECT (SELECT count() FROM (${own} INTERSECT ${other})) AS same, (SELECT count() FROM (${own})) AS both`,
    { kind },
  ))
    if (row?.same !== SERIES || row.both !== SERIES)
      throw new Error(`${row?.same} of ${row?.both} points of ${whole(events)} events are the same`);
}

async function measured(engine: EmbeddedEngine, work: () => Promise<void>): Promise<Figures> {
  const before = {
    at: performance.now(),
    node: processorSeconds(process.pid),
    engine: processorSeconds(engine.pid),
  };
  await work();
  return {
    seconds: (performance.now() - before.at) / 1_000,
    node: processorSeconds(process.pid) - before.node,
    engine: processorSeconds(engine.pid) - before.engine,
  };
}
