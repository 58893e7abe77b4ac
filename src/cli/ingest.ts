import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Decoded } from '../ingest/decode.js';
import { expandPaths } from '../ingest/expand-paths.js';
import {
  type FileFormat,
  type FileIngestParts,
  type FileIngestRequest,
  type FileProgress,
  ingestFile,
  previewFile,
} from '../ingest/file-source.js';
import { loadMap } from '../ingest/map-file.js';
import { inputLimits } from '../ingest/privacy.js';
import { wallClock } from '../model/clock.js';
import { RedressError } from '../model/errors.js';
import { encodeEvent } from '../model/event-json.js';
import { oneLine } from '../notify/wording.js';
import { EventLog } from '../store/event-log.js';
import { openStore } from '../store/open-store.js';
import { StagingTables } from '../store/staging-area.js';
import { globalOptions, readConfiguration } from './context.js';
import type { CliIo } from './io.js';
import { loadProgress, progressWords } from './load-progress.js';
import { ProgressLine } from './progress-line.js';

interface Options {
  map?: string;
  format?: FileFormat;
  delimiter?: string;
  dryRun: boolean;
  rows: number;
}

/** As much of a rejected row as is shown. */
const SHOWN = 300;
/** Between two reports of how far a load has come, where a program reads them, ms. */
const REPORT_INTERVAL = 1_000;

export function register(program: Command, io: CliIo): void {
  program
    .command('ingest')
    .description(
      'load events from NDJSON, CSV or Parquet files, each also with .gz or .zst; - is standard input',
    )
    .argument('<file...>', "files, or patterns in quotes such as 'exports/**/*.csv'")
    .option('--map <file>', "how a foreign table's columns become events")
    .addOption(
      new Option('--format <format>', 'where the name does not tell').choices(['ndjson', 'csv', 'parquet']),
    )
    .option('--delimiter <sign>', "what stands between a CSV file's cells; guessed by default", oneSign)
    .option('--dry-run', 'only show what the first rows would become, and why not', false)
    .option('--rows <n>', 'how many rows a dry run shows of each file', wholeNumber, 10)
    .action(async (names: string[], options: Options, command: Command) => {
      const { config, json } = globalOptions(command);
      const configuration = await readConfiguration(config, io);
      const map = options.map === undefined ? undefined : await loadMap(options.map);
      const files = await expandPaths(names);
      const open = await openStore(configuration.service.clickhouse);
      const line = new ProgressLine();
      const requestOf = (path: string): FileIngestRequest => ({
        path,
        ...(options.format === undefined ? {} : { format: options.format }),
        ...(options.delimiter === undefined ? {} : { delimiter: options.delimiter }),
        ...(map === undefined ? {} : { map }),
      });
      try {
        const events = new EventLog(open.store);
        const parts = {
          staging: new StagingTables(open.store),
          clock: wallClock,
          limits: inputLimits(configuration.service),
        };
        if (options.dryRun) {
          await eachFile(files, (path) => preview(parts, requestOf(path), options.rows, json, io));
          return;
        }
        const since = await events.now();
        try {
          await eachFile(files, async (path, keeps) => {
            const show = reporter(path, json, line, io);
            const onProgress = (progress: FileProgress) => {
              keeps(progress.accepted + progress.rejected);
              show(progress);
            };
            const result = await ingestFile({ ...parts, sink: events }, { ...requestOf(path), onProgress });
            line.clear();
            io.out(
              json
                ? JSON.stringify({ file: path, ...result })
                : `${path}: ${count(result.accepted)} events accepted, ${count(result.rejected)} rejected`,
            );
          });
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

/**
 * Does something with each file, and fails as a whole when some of them could not be read: one bad file among many says
 * nothing of the others.
 *
 * @param act tells `keeps` how many inputs of the file are durable so far.
 */
async function eachFile(
  files: readonly string[],
  act: (path: string, keeps: (inputs: number) => void) => Promise<void>,
): Promise<void> {
  const failures: RedressError[] = [];
  for (const path of files) {
    let kept = 0;
    try {
      await act(path, (inputs) => {
        kept = inputs;
      });
    } catch (error) {
      if (!(error instanceof RedressError) || error.code !== 'input_unreadable') throw error;
      failures.push(kept === 0 ? error : withKept(error, kept));
    }
  }
  throwAll(failures, files.length);
}

function withKept(error: RedressError, kept: number): RedressError {
  const message = `${error.message}; ${count(kept)} inputs that came before are kept, and may be loaded again`;
  return new RedressError(error.code, message, { cause: error });
}

/** Fails as a whole when some of the files could not be loaded. */
function throwAll(failures: readonly RedressError[], files: number): void {
  const [first] = failures;
  if (first === undefined) return;
  if (files === 1) throw first;
  const messages = failures.map((failure) => failure.message).join('\n');
  throw new RedressError(
    'input_unreadable',
    `${messages}\n${failures.length} of ${files} files could not be read whole`,
  );
}

/** Shows what the first rows would become; nothing is written. */
async function preview(
  parts: Omit<FileIngestParts, 'sink'>,
  request: FileIngestRequest,
  rows: number,
  json: boolean,
  io: CliIo,
): Promise<void> {
  if (!json) io.out(`${request.path}: nothing is written; the first rows would become`);
  let shown = 0;
  for await (const decoded of previewFile(parts, request, rows)) {
    io.out(json ? JSON.stringify({ file: request.path, ...wire(decoded) }) : words(decoded));
    shown += 1;
  }
  if (shown === 0 && !json) io.out('nothing: there is no row, or none that the map takes');
}

function wire({ accepted, rejected }: Decoded): Record<string, unknown> {
  if (accepted !== undefined)
    return { position: accepted.arrival.position, event: encodeEvent(accepted.event) };
  const { arrival, reason, field, detail, raw } = rejected;
  return { position: arrival.position, rejected: { reason, field, detail, raw } };
}

function words({ accepted, rejected }: Decoded): string {
  if (accepted !== undefined) {
    const { arrival, event } = accepted;
    return `${arrival.position}  event\n  ${JSON.stringify(encodeEvent(event))}`;
  }
  const { arrival, reason, field, detail, raw } = rejected;
  return `${arrival.position}  ${`rejected: ${reason} ${field}`.trim()}: ${oneLine(detail)}\n  ${oneLine(raw).slice(0, SHOWN)}`;
}

/** Shows how far a file has come: on a terminal in one line, to a program now and then as JSON. */
function reporter(
  path: string,
  json: boolean,
  line: ProgressLine,
  io: CliIo,
): (progress: FileProgress) => void {
  let startedAt = performance.now();
  let reportedAt = startedAt;
  let stage: FileProgress['stage'] | null = null;
  return (progress) => {
    const now = performance.now();
    // How long a table took to the store says nothing of how long its rows will take to become events.
    if (stage === 'sending' && progress.stage === 'loading') startedAt = now;
    stage = progress.stage;
    const seconds = (now - startedAt) / 1_000;
    line.show(`${path}: ${progressWords(progress, seconds)}`);
    if (!json || now - reportedAt < REPORT_INTERVAL) return;
    reportedAt = now;
    io.out(JSON.stringify({ file: path, progress: { ...progress, ...loadProgress(progress, seconds) } }));
  };
}

function oneSign(text: string): string {
  const sign = text === '\\t' || text === 'tab' ? '\t' : text;
  if (!/^[^"\r\n\w]$/.test(sign) || Buffer.byteLength(sign) !== 1)
    throw new InvalidArgumentError("It is one character such as ';', or 'tab'.");
  return sign;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It is not a whole number.');
  return value;
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

const count = (number: number): string => number.toLocaleString('en-GB');
const day = (instant: number): string => new Date(instant).toISOString().slice(0, 10);
