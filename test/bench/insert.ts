import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { ArrivedEvent } from '../../src/model/event.js';
import { startEngine } from '../../src/store/embedded/engine.js';
import { packed } from '../../src/store/event-rows.js';
import { queryText } from '../../src/store/sql-files.js';
import { type Contestant, interleaved, printTable } from './measure.js';
import { inDatabase } from './scratch-database.js';
import { simulatedEvents } from './simulated-events.js';

const DAYS = 15;
const BATCH_EVENTS = 32_000;
const REPETITIONS = 5;

interface Variant {
  name: string;
  /** What is changed in the database first. */
  before?: string;
  /** What is said in the place of the statement's own settings. */
  settings?: string;
}

const VARIANTS: readonly Variant[] = [
  { name: 'as it is' },
  { name: 'with optimize_on_insert', settings: 'SETTINGS optimize_on_insert = 1' },
  { name: 'without the view', before: 'DROP TABLE event_positions_feed' },
  { name: 'without the bloom filter', before: 'ALTER TABLE events_log DROP INDEX by_case' },
  { name: 'without fsync', before: 'ALTER TABLE events_log MODIFY SETTING fsync_after_insert = 0' },
];

/** What the parts of an insert cost the engine: ready-made bodies, one after the other, with one part left out. */
export async function insert(): Promise<void> {
  const events = [...simulatedEvents(DAYS)].map((event, index): ArrivedEvent => {
    const position = `simulation:${index}`;
    return {
      event,
      arrival: { source: 'file', position, receivedAt: event.occurredAt, version: BigInt(index) },
    };
  });
  const bodies: Buffer[] = [];
  for (let at = 0; at < events.length; at += BATCH_EVENTS)
    bodies.push(Buffer.concat(packed(events.slice(at, at + BATCH_EVENTS)).rows));
  const folder = mkdtempSync(join(tmpdir(), 'redress-bench-'));
  const engine = await startEngine({ folder });
  try {
    const contestants = VARIANTS.map(({ name, before, settings }): Contestant<string> => {
      const statement = queryText('insert_events').replace(/SETTINGS .*/, (own) => settings ?? own);
      const expected = {
        table: 'events_log',
        rows: events.length,
        ...(before === undefined ? {} : { before }),
      };
      return [
        name,
        () =>
          inDatabase(engine, expected, async (store) => {
            for (const body of bodies) await store.load(statement, Readable.from([body]));
          }),
      ];
    });
    const medians = await interleaved(contestants, REPETITIONS);
    const own = medians['as it is'];
    const relative = (name: string, figure: string): string =>
      ((medians[name]?.[figure] ?? 0) / (own?.[figure] ?? 0)).toFixed(2);
    printTable([
      ['', 'time', 'engine, CPU', 'engine, CPU s'],
      ...VARIANTS.map(({ name }) => [
        name,
        relative(name, 'seconds'),
        relative(name, 'engine'),
        (medians[name]?.engine ?? 0).toFixed(2),
      ]),
    ]);
  } finally {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
