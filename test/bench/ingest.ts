import { once } from 'node:events';
import {
  createReadStream,
  createWriteStream,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ingestFile } from '../../src/ingest/file-source.js';
import { wallClock } from '../../src/model/clock.js';
import { encodeEvent } from '../../src/model/event-json.js';
import { type EmbeddedEngine, startEngine } from '../../src/store/embedded/engine.js';
import { EventLog } from '../../src/store/event-log.js';
import { StagingTables } from '../../src/store/staging-area.js';
import { type Figures, interleaved, print, printTable, ratio, whole } from './measure.js';
import { inDatabase } from './scratch-database.js';
import { simulatedEvents } from './simulated-events.js';

const DAYS = 38;
const REPETITIONS = 5;

/** What the engine alone is told of either format. */
const PEERS = {
  ndjson: { statement: 'INSERT INTO loaded FORMAT JSONEachRow' },
  parquet: {
    statement: `INSERT INTO loaded (event_id, type, occurred_at, order_id, case_id, merchant_id, region, category,
      scenario, channel, amount, currency, origin_at, started_at, due_at, outcome, text) FORMAT Parquet`,
  },
} as const;

/**
 * A file of half a million simulated events to durable rows, as NDJSON and as Parquet: the way that `redress ingest`
 * goes, against one request that hands the same file to the same engine, into a table of the same columns, order,
 * partitions and settings. The engine alone decodes into columns and nothing else: it rejects no event, knows no
 * versions and does not note where events are.
 */
export async function ingest(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'redress-bench-'));
  const engine = await startEngine({ folder: join(folder, 'store') });
  try {
    const ndjson = join(folder, 'events.ndjson');
    const parquet = join(folder, 'events.parquet');
    const events = await writeEvents(ndjson);
    await writeParquet(engine, ndjson, parquet);
    for (const [format, file] of Object.entries({ ndjson, parquet }) as [keyof typeof PEERS, string][]) {
      print(`  ${whole(events)} events, ${whole(statSync(file).size / 2 ** 20)} MiB of ${format}`);
      const { redress, alone } = await interleaved(
        [
          ['redress', () => throughRedress(engine, file, events)],
          ['alone', () => engineAlone(engine, file, events, PEERS[format].statement)],
        ],
        REPETITIONS,
      );
      const row = (name: string, figures: Figures) => [
        name,
        whole(events / (figures.seconds ?? 0)),
        ((figures.seconds ?? 0) / (alone.seconds ?? 0)).toFixed(2),
        (figures.node ?? 0).toFixed(2),
        (figures.engine ?? 0).toFixed(2),
      ];
      printTable([
        ['', 'events/s', 'time, engine alone = 1', 'Node, CPU s', 'engine, CPU s'],
        row('redress', redress),
        row('engine alone', alone),
      ]);
      const rate = (alone.seconds ?? 0) / (redress.seconds ?? 0);
      print(`  redress has ${ratio(rate)} the rate of the engine alone`);
    }
  } finally {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same events as a table, written by the engine, in the order in which they came. */
async function writeParquet(engine: EmbeddedEngine, ndjson: string, file: string): Promise<void> {
  const asked = async (query: string, body: Buffer = Buffer.alloc(0)): Promise<Buffer> => {
    const settings = 'date_time_input_format=best_effort&max_threads=1&input_format_parallel_parsing=0';
    const address = `${engine.url}/?${settings}&query=${encodeURIComponent(query)}`;
    const answer = await fetch(address, { method: 'POST', body: new Uint8Array(body) });
    if (!answer.ok) throw new Error(await answer.text());
    return Buffer.from(await answer.arrayBuffer());
  };
  await asked(`CREATE TABLE default.wide
    (
      event_id String, type String, occurred_at DateTime64(3, 'UTC'), order_id String, case_id String,
      merchant_id String, region String, category String, scenario String, channel String,
      amount Nullable(Decimal(18, 2)), currency String, origin_at Nullable(DateTime64(3, 'UTC')),
      started_at Nullable(DateTime64(3, 'UTC')), due_at Nullable(DateTime64(3, 'UTC')), outcome String, text String
    )
    ENGINE = Memory`);
  await asked('INSERT INTO default.wide FORMAT JSONEachRow', readFileSync(ndjson));
  writeFileSync(file, await asked('SELECT * FROM default.wide FORMAT Parquet'));
  await asked('DROP TABLE default.wide');
}

async function writeEvents(file: string): Promise<number> {
  const out = createWriteStream(file);
  let count = 0;
  for (const event of simulatedEvents(DAYS)) {
    count += 1;
    if (!out.write(`${JSON.stringify(encodeEvent(event))}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  return count;
}

async function throughRedress(engine: EmbeddedEngine, path: string, events: number): Promise<Figures> {
  return inDatabase(engine, { table: 'events_log', rows: events }, (store) =>
    ingestFile(
      {
        sink: new EventLog(store),
        staging: new StagingTables(store),
        clock: wallClock,
        limits: { maxEventBytes: 1 << 20 },
      },
      { path },
    ),
  );
}

async function engineAlone(
  engine: EmbeddedEngine,
  path: string,
  events: number,
  statement: string,
): Promise<Figures> {
  return inDatabase(
    engine,
    { table: 'loaded', rows: events, before: 'CREATE TABLE loaded AS events_log' },
    (store) =>
      store.load(statement, createReadStream(path, { highWaterMark: 1 << 20 }), {
        date_time_input_format: 'best_effort',
        max_partitions_per_insert_block: 0,
        // As in queries/insert_events.sql; without it the engine alone takes half as long again.
        optimize_on_insert: 0,
      }),
  );
}
