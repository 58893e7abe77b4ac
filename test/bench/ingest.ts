import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
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

/**
 * An NDJSON file of half a million simulated events to durable rows: the way that `redress ingest` goes, against
 * one request that hands the same file to the same engine, into a table of the same columns, order, partitions
 * and settings. The engine alone decodes into columns and nothing else: it rejects no event, knows no versions and
 * does not note where events are.
 */
export async function ingest(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'redress-bench-'));
  const engine = await startEngine({ folder: join(folder, 'store') });
  try {
    const file = join(folder, 'events.ndjson');
    const events = await writeEvents(file);
    print(`  ${whole(events)} events, ${whole(statSync(file).size / 2 ** 20)} MiB of NDJSON`);
    const { redress, alone } = await interleaved(
      [
        ['redress', () => throughRedress(engine, file, events)],
        ['alone', () => engineAlone(engine, file, events)],
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
    print(
      `  redress has ${ratio((alone.seconds ?? 0) / (redress.seconds ?? 0))} the rate of the engine alone`,
    );
  } finally {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
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

async function engineAlone(engine: EmbeddedEngine, path: string, events: number): Promise<Figures> {
  return inDatabase(
    engine,
    { table: 'loaded', rows: events, before: 'CREATE TABLE loaded AS events_log' },
    (store) =>
      store.load(
        'INSERT INTO loaded FORMAT JSONEachRow',
        createReadStream(path, { highWaterMark: 1 << 20 }),
        {
          date_time_input_format: 'best_effort',
          max_partitions_per_insert_block: 0,
          // As in queries/insert_events.sql; without it the engine alone takes half as long again.
          optimize_on_insert: 0,
        },
      ),
  );
}
