import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backtest, historySpan } from '../../src/backtest/backtest.js';
import { BacktestHistory } from '../../src/backtest/backtest-history.js';
import { startEngine } from '../../src/store/embedded/engine.js';
import { migrate } from '../../src/store/migrate.js';
import { Store } from '../../src/store/store.js';
import { configuration } from '../flow/timeline.js';
import { metric } from '../support/metric.js';
import { print, printTable, whole } from './measure.js';
import { peakMemory, processorSeconds } from './process-figures.js';

const SERIES = Number(process.env.REDRESS_BENCH_SERIES ?? 1_000);
const HOURS = 6 * 7 * 24;
const START = Date.UTC(2026, 0, 5);
const ORDERS = 400;
/**
 * A backtest of six weeks of hours of 1,000 series whose points are stored, with one detector: what somebody waits for who
 * tries another configuration. REDRESS_BENCH_SERIES is another number of series.
 */
export async function backtestSixWeeks(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'redress-bench-'));
  const engine = await startEngine({ folder: join(folder, 'store') });
  const address = { url: engine.url, username: 'default', password: '', database: 'bench_backtest' };
  try {
    await migrate(address);
    const store = new Store(address);
    const rows: string[][] = [];
    for (const use of ['z-score', 'auto']) {
      const definition = metric({
        id: use,
        slices: [['merchant_id']],
        detect: [{ use, params: {} }],
        falseAlertsPerWeek: 2,
      });
      await store.statement(FILL, {
        metric: use,
        series: SERIES,
        start: START,
        orders: ORDERS,
        rows: SERIES * HOURS,
      });
      const settings = configuration({ metrics: [definition] });
      const before = { node: processorSeconds(process.pid), engine: processorSeconds(engine.pid) };
      const begun = performance.now();
      const history = new BacktestHistory(store, []);
      const span = await historySpan(settings, history, { isLive: false });
      const run = await backtest(settings, {
        span,
        metrics: [definition],
        history,
        reportFault: ({ error }) => {
          throw error;
        },
      });
      const seconds = (performance.now() - begun) / 1_000;
      const points = run.judged.get(use)?.points ?? 0;
      if (points !== SERIES * HOURS) throw new Error(`${points} points of ${SERIES * HOURS} were judged`);
      rows.push([
        use,
        seconds.toFixed(1),
        (processorSeconds(process.pid) - before.node).toFixed(1),
        (processorSeconds(engine.pid) - before.engine).toFixed(1),
        whole(points / seconds),
        whole(peakMemory(process.pid)),
        whole(run.episodes.length),
      ]);
    }
    print(`  a backtest of six weeks of hours of ${whole(SERIES)} series`);
    printTable([['', 's', 'Node, CPU s', 'engine, CPU s', 'points/s', 'peak MiB', 'alerts'], ...rows]);
    await store.close();
  } finally {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Four cases of a hundred orders, more by day than by night, as chance has it. */
const FILL = `
  INSERT INTO points_log (metric, slice, bucket_start, bucket_seconds, value, numerator, denominator, amount, revision)
  WITH intDiv(number, {series:UInt32}) AS hour,
    randPoisson(0.04 * {orders:UInt32}) + if(hour % 24 BETWEEN 8 AND 20, randPoisson(0.02 * {orders:UInt32}), 0) AS cases
  SELECT {metric:String}, concat('merchant_id=m', toString(number % {series:UInt32})),
    fromUnixTimestamp64Milli({start:Int64} + toInt64(hour) * 3600000), 3600,
    cases / {orders:UInt32}, cases, {orders:UInt32}, 0, 1
  FROM numbers({rows:UInt64})`;
