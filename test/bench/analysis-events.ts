import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { explainMetric } from '../../src/analysis/explain-metric.js';
import { DAY } from '../../src/model/clock.js';
import { analysisSources } from '../../src/pipeline/explanation.js';
import { startEngine } from '../../src/store/embedded/engine.js';
import type { Store } from '../../src/store/store.js';
import { sliceKey } from '../analysis/root-cause.js';
import { metric } from '../support/metric.js';
import { print, printTable } from './measure.js';
import { processorSeconds } from './process-figures.js';
import { inDatabase } from './scratch-database.js';

const EVENTS = 10_000_000;
const BATCH = 500_000;
const START = Date.UTC(2026, 2, 2);
const ROUNDS = 3;

/**
 * A week of deliveries and disputes over six dimensions, 5,000 merchants among them, of which few sell most. On the
 * last day disputes of one category in one region are three times as many.
 */
const INSERT = `INSERT INTO events_log (event_id, type, occurred_at, order_id, case_id, merchant_id, region, category,
  scenario, channel, amount, text, attributes, received_at, source, position, version)
WITH
  cityHash64(number, 1) % (7 * 86400000) AS at,
  ['GB', 'DE', 'FR', 'ES', 'IT', 'NL', 'PL', 'SE'][1 + cityHash64(number, 3) % 8] AS of_region,
  cityHash64(number, 4) % 12 AS of_category,
  number % 100 < if(at >= 6 * 86400000 AND of_region = 'GB' AND of_category = 3, 15, 5) AS disputed
SELECT concat('e', toString(number)), if(disputed, 'dispute.opened', 'order.delivered'),
  toDateTime64('2026-03-02 00:00:00', 3, 'UTC') + toIntervalMillisecond(at), concat('o', toString(number)),
  if(disputed, concat('c', toString(number)), ''),
  concat('m', toString(toUInt32(pow(cityHash64(number, 2) % 1000000 / 1000000, 2) * 5000))), of_region,
  concat('category-', toString(of_category)),
  if(disputed, ['not_received', 'damaged', 'not_as_described', 'late'][1 + cityHash64(number, 5) % 4], ''),
  ['app', 'web', 'phone'][1 + cityHash64(number, 6) % 3], toDecimal128(10 + cityHash64(number, 7) % 90, 18),
  if(disputed, 'it never came', ''),
  map('carrier', ['dhl', 'ups', 'dpd', 'gls', 'post', 'hermes'][1 + cityHash64(number, 8) % 6]), now64(3), 'file',
  toString(number), toUInt128(number)
FROM numbers({from:UInt64}, {many:UInt64})`;

/** One explanation over all of the stored events: how long it takes, of whom, in how many queries and how much memory. */
export async function explainTenMillion(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'redress-bench-'));
  const engine = await startEngine({ folder });
  try {
    await inDatabase(engine, { table: 'events_log', rows: EVENTS }, async (store) => {
      for (let from = 0; from < EVENTS; from += BATCH) await store.statement(INSERT, { from, many: BATCH });
      await merged(store);
      const rows: string[][] = [];
      for (let round = 0; round < ROUNDS; round++) rows.push(await explainOnce(store, engine.pid, round));
      print('');
      printTable([
        [
          '10 million events, 6 dimensions',
          'ms',
          'Node CPU s',
          'engine CPU s',
          'queries',
          'Node MB',
          'causes',
        ],
        ...rows,
      ]);
    });
  } finally {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As a week is some hours after it was written: merged, by the engine's own choice of when. */
async function merged(store: Store): Promise<void> {
  const left =
    "SELECT count() AS parts FROM system.parts WHERE active AND database = currentDatabase() AND table = 'events_log'";
  for (let wait = 0; wait < 120; wait++) {
    if (wait === 0) store.statement('OPTIMIZE TABLE events_log FINAL').catch(() => {});
    for await (const [row] of store.rows<{ parts: number }>(left)) if (row?.parts === 1) return;
    await new Promise((done) => setTimeout(done, 1_000));
  }
}

async function explainOnce(store: Store, pid: number, round: number): Promise<string[]> {
  let queries = 0;
  const counted = new Proxy(store, {
    get(target, name) {
      const member = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      if (name === 'rows' || name === 'columns' || name === 'query') queries += 1;
      return member.bind(target);
    },
  });
  const node = processorSeconds(process.pid);
  const own = processorSeconds(pid);
  const at = performance.now();
  const outcome = await explainMetric(analysisSources(counted, []), {
    metric: metric({ slices: [['carrier']] }),
    span: { from: START + 6 * DAY, to: START + 7 * DAY },
    baseline: Array.from({ length: 6 }, (_, day) => ({
      from: START + day * DAY,
      to: START + (day + 1) * DAY,
    })),
    slice: {},
    dimensions: null,
  });
  const milliseconds = performance.now() - at;
  const causes =
    outcome.status === 'refused'
      ? outcome.detail
      : outcome.analysis.explanation.slices
          .filter(({ cause }) => cause)
          .map(({ slice }) => sliceKey(slice))
          .join('; ');
  return [
    `round ${round + 1}`,
    milliseconds.toFixed(0),
    (processorSeconds(process.pid) - node).toFixed(2),
    (processorSeconds(pid) - own).toFixed(2),
    `${queries}`,
    (process.memoryUsage().rss / 2 ** 20).toFixed(0),
    causes,
  ];
}
