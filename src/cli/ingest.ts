import type { Command } from 'commander';
import { openStore } from '../app.js';
import { type FileFormat, type FileProgress, ingestFile } from '../ingest/file-source.js';
import { loadMap } from '../ingest/map-file.js';
import { wallClock } from '../model/clock.js';
import { EventLog } from '../store/event-log.js';
import { StagingTables } from '../store/staging-area.js';
import { globalOptions, readConfiguration } from './context.js';
import type { CliIo } from './io.js';
import { ProgressLine } from './progress-line.js';

interface Options {
  map?: string;
  format?: FileFormat;
}

export function register(program: Command, io: CliIo): void {
  program
    .command('ingest')
    .description('load events from NDJSON, CSV or Parquet files, each also with .gz; - is standard input')
    .argument('<file...>')
    .option('--map <file>', "how a foreign table's columns become events")
    .option('--format <format>', "'ndjson', 'csv' or 'parquet', where the name does not tell")
    .action(async (files: string[], options: Options, command: Command) => {
      const { config, json } = globalOptions(command);
      const configuration = await readConfiguration(config, io);
      const map = options.map === undefined ? undefined : await loadMap(options.map);
      const open = await openStore(configuration.service.clickhouse);
      const line = new ProgressLine();
      try {
        const events = new EventLog(open.store);
        const since = await events.now();
        try {
          for (const path of files) {
            const result = await ingestFile(
              {
                sink: events,
                staging: new StagingTables(open.store),
                clock: wallClock,
                limits: { maxEventBytes: configuration.service.ingest.maxEventBytes },
              },
              {
                path,
                ...(options.format === undefined ? {} : { format: options.format }),
                ...(map === undefined ? {} : { map }),
                onProgress: (progress) => line.show(`${path}: ${progressWords(progress)}`),
              },
            );
            line.clear();
            io.out(
              json
                ? JSON.stringify({ file: path, ...result })
                : `${path}: ${count(result.accepted)} events accepted, ${count(result.rejected)} rejected`,
            );
          }
        } finally {
          // What was loaded before a file that fails is kept, and is to be as exact.
          await events.settleMovedEvents(since);
        }
        if (!json) await report(events, io);
      } finally {
        line.clear();
        await open.close();
      }
    });
}

/** What the store holds now, so that somebody who loads a file twice sees that nothing was counted twice. */
async function report(events: EventLog, io: CliIo): Promise<void> {
  io.out('The store now holds, each event once:');
  for (const { type, events: number, first, last } of await events.span())
    io.out(`  ${type.padEnd(20)} ${count(number).padStart(12)}   ${day(first)} to ${day(last)}`);
  const rejected = await events.rejectedByReason();
  if (rejected.length === 0) return;
  io.out('Rejected, kept in rejected_events:');
  for (const { reason, field, rejected: number, example } of rejected)
    io.out(
      `  ${`${reason} ${field}`.trim().padEnd(32)} ${count(number).padStart(12)}   first seen at ${example}`,
    );
}

function progressWords({ bytesRead, bytesTotal, accepted }: FileProgress): string {
  const share =
    bytesTotal === null || bytesTotal === 0 ? '' : `${Math.floor((100 * bytesRead) / bytesTotal)} %, `;
  return `${share}${count(accepted)} events`;
}

const count = (number: number): string => number.toLocaleString('en-GB');
const day = (instant: number): string => new Date(instant).toISOString().slice(0, 10);
