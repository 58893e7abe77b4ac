import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Clock } from '../model/clock.js';
import { RedressError } from '../model/errors.js';
import type { Origin } from '../store/event-rows.js';
import { BatchBuilder, PipelinedWriter } from './batch.js';
import type { EventSink } from './contract.js';
import type { Decoded, DecodeLimits } from './decode.js';
import { isWorthAnotherTry } from './insist.js';
import { decodeLine, isBlank, type Line, LineSplitter, withoutMark } from './line-splitter.js';
import type { EventMap } from './map-file.js';
import { type Input, openInput } from './open-input.js';
import { arrivalOf } from './origin.js';
import type { Collector, Portion } from './portion.js';
import { RowMemory } from './row-memory.js';
import type { StagingArea } from './staging.js';
import { readTable } from './table-source.js';
import { writeUntilDurable } from './write-until-durable.js';

export type FileFormat = 'ndjson' | 'csv' | 'parquet';

export interface FileIngestParts {
  sink: EventSink;
  staging: StagingArea;
  clock: Clock;
  limits: DecodeLimits;
}

export interface FileIngestRequest {
  /** A path, or `-` for standard input. Any of them may be packed with gzip or zstd. */
  path: string;
  /** Absent: told from the name's ending, else from the first bytes. */
  format?: FileFormat;
  /** What stands between a CSV file's cells, one character; guessed from its header when absent. */
  delimiter?: string;
  /** How a foreign table, or lines of foreign objects, become events. */
  map?: EventMap;
  /** What `-` reads; the process's own standard input when absent. */
  standardInput?: Readable;
  onProgress?: (progress: FileProgress) => void;
}

export interface FileProgress {
  /** A table is `sending` until all of it is in the store; then rows that have not become events there are `loading`. */
  stage: 'sending' | 'loading';
  bytesRead: number;
  /** Null for a pipe. */
  bytesTotal: number | null;
  /** How much of the stage is done, from 0 to 1; null where it cannot be known. */
  share: number | null;
  /** Inputs that have been decoded; the last of them are still being written. */
  read: number;
  /** Durable so far. */
  accepted: number;
  rejected: number;
}

/** What became of a whole file; all of it is durable. */
export interface FileIngestResult {
  format: FileFormat;
  accepted: number;
  rejected: number;
}

/** Events to a write. Each insert leaves parts that the store has to merge: with a third of this it works half as long again. */
const BATCH_EVENTS = 100_000;
/** Bytes of input to a write, for events that are large. */
const BATCH_BYTES = 32 << 20;
/** As many as a `PipelinedWriter` lets be. */
const BATCHES_HELD = 3;
/** How much of a text is read for a preview. */
const PREVIEWED_BYTES = 4 << 20;
/** How much of an input tells objects from a table. */
const PREFIX_BYTES = 1 << 10;
/** How much of a pipe tells it from others. */
const PIPE_BYTES = 1 << 16;
/** Hexadecimal digits of the SHA-256 of a pipe's beginning that name it. */
const PIPE_DIGITS = 16;

/**
 * Loads a whole file. Throws `input_unreadable` for one that is not there, is empty, breaks off or is not
 * what it is called, `config_invalid` for a map that does not fit it; what came before a break is kept.
 * Loading a file again changes nothing.
 */
export async function ingestFile(
  parts: FileIngestParts,
  request: FileIngestRequest,
): Promise<FileIngestResult> {
  const input = await openInput(request.path, request.standardInput);
  let isTable = false;
  const report = ({ accepted, rejected, read, share }: FileWriter) => {
    const [bytesRead, bytesTotal] = [input.bytesRead(), input.bytesTotal];
    const sent = bytesTotal === null || bytesTotal === 0 ? null : Math.min(bytesRead / bytesTotal, 1);
    const stage = isTable && share === null && read === 0 ? 'sending' : 'loading';
    request.onProgress?.({ stage, bytesRead, bytesTotal, share: share ?? sent, read, accepted, rejected });
  };
  const writer = new FileWriter(parts.sink, parts.limits, report);
  async function* body(): AsyncGenerator<Buffer> {
    for await (const chunk of input.body()) {
      yield chunk;
      report(writer);
    }
  }
  const decoded = await decodeFile(parts, request, { ...input, body }, 'whole');
  const { format, portions } = decoded;
  isTable = decoded.isTable;
  try {
    for await (const portion of portions) await writer.add(portion);
  } finally {
    // What came before a break in the input is good, and is kept.
    await writer.finish();
  }
  if (writer.accepted + writer.rejected === 0)
    throw new RedressError(
      'input_unreadable',
      `${input.name}: there is no event in it${isTable ? ': no row, or none that the map takes' : ''}`,
    );
  return { format, accepted: writer.accepted, rejected: writer.rejected };
}

/** The first inputs of a file, decoded and not written: what would become of them. Throws as `ingestFile` does. */
export async function* previewFile(
  parts: Omit<FileIngestParts, 'sink'>,
  request: FileIngestRequest,
  inputs: number,
): AsyncGenerator<Decoded> {
  const input = await openInput(request.path, request.standardInput);
  const { portions } = await decodeFile(parts, request, input, 'beginning');
  let left = inputs;
  for await (const { into } of portions) {
    const decoded: Decoded[] = [];
    into({
      addLine: (line, origin) => decoded.push(decodeLine(line, arrivalOf(origin, line.number), parts.limits)),
      add: (one) => decoded.push(one),
    });
    for (const one of decoded) {
      if (left-- <= 0) return;
      yield one;
    }
  }
}

/** As much of an input as a preview takes, up to the end of a line. */
async function* limited(body: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  let left = PREVIEWED_BYTES;
  for await (const chunk of body) {
    left -= chunk.length;
    if (left > 0) yield chunk;
    else {
      yield chunk.subarray(0, chunk.lastIndexOf('\n') + 1);
      return;
    }
  }
}

/** Tells what an input is and begins to read it. */
async function decodeFile(
  parts: Omit<FileIngestParts, 'sink'>,
  request: FileIngestRequest,
  input: Input,
  extent: 'whole' | 'beginning',
): Promise<{ format: FileFormat; isTable: boolean; portions: AsyncGenerator<Portion> }> {
  const { staging, clock, limits } = parts;
  const { path, map, delimiter } = request;
  if (input.beginning.length === 0) await failOnEmpty(input);
  const format = request.format ?? formatOf(path, input, map !== undefined);
  const now = clock.now();
  const place = `${placeOf(path, input)}:`;
  const origin: Origin = { source: 'file', place, receivedAt: now, versionAt: now, turn: 0 };
  // A Parquet file is read from its end, so there is no reading only its beginning.
  const read =
    extent === 'beginning' && format !== 'parquet' ? { ...input, body: () => limited(input.body()) } : input;
  const isTable = format !== 'ndjson' || map !== undefined;
  const portions = isTable
    ? readTable({
        staging,
        input: read,
        again: path === '-' ? null : () => openInput(path),
        format,
        delimiter,
        map: map ?? null,
        origin,
        // A preview writes nothing, and what is to be protected has to come by here.
        mayAccept: extent === 'whole' && limits.protect === undefined,
      })
    : readLines(read, origin, limits);
  return { format, isTable, portions };
}

/** A file without a byte; a packed one that cannot be unpacked says so instead. */
async function failOnEmpty(input: Input): Promise<never> {
  for await (const _ of input.body());
  throw new RedressError('input_unreadable', `${input.name}: is empty, there is nothing to load`);
}

function formatOf(path: string, input: Input, mapped: boolean): FileFormat {
  const ending = /\.(ndjson|jsonl|csv|tsv|parquet)(\.gz|\.zst)?$/i.exec(path)?.[1]?.toLowerCase();
  if (ending === 'csv' || ending === 'parquet') return ending;
  if (ending === 'tsv') return 'csv';
  if (ending !== undefined) return 'ndjson';
  if (input.beginning.subarray(0, 4).toString('latin1') === 'PAR1') return 'parquet';
  if (!mapped || withoutMark(input.beginning).toString('utf8', 0, PREFIX_BYTES).trimStart().startsWith('{'))
    return 'ndjson';
  return 'csv';
}

/** What an input is called in the places of what it holds. A pipe has no name, and is known by how it begins. */
function placeOf(path: string, input: Input): string {
  if (path !== '-') return path;
  // The first chunks of a pipe are as long as chance makes them; their first bytes are always the same.
  const beginning = input.beginning.subarray(0, PIPE_BYTES);
  return `-${createHash('sha256').update(beginning).digest('hex').slice(0, PIPE_DIGITS)}`;
}

async function* readLines(input: Input, origin: Origin, limits: DecodeLimits): AsyncGenerator<Portion> {
  const splitter = new LineSplitter(limits.maxEventBytes);
  const into = (lines: Iterable<Line>) => (collector: Collector) => {
    for (const line of lines) if (!isBlank(line)) collector.addLine(line, origin);
  };
  for await (const chunk of input.body()) yield { into: into(splitter.push(chunk)), bytes: chunk.length };
  yield { into: into(splitter.end()), bytes: 0 };
}

/** Collects portions into batches, writes them, and counts what has become durable. */
class FileWriter {
  accepted = 0;
  rejected = 0;
  /** Of a table: of its bytes all have been sent before its first row comes back. */
  share: number | null = null;
  readonly #writer: PipelinedWriter;
  readonly #builder: BatchBuilder;
  readonly #onProgress: (writer: FileWriter) => void;
  #bytes = 0;
  /** Inputs that are in batches which have been taken. */
  #taken = 0;
  /** Events that the store has made by itself. */
  #madeInStore = 0;

  constructor(sink: EventSink, limits: DecodeLimits, onProgress: (writer: FileWriter) => void) {
    const memory = new RowMemory(BATCHES_HELD * BATCH_BYTES);
    this.#builder = new BatchBuilder('file', limits, { memory });
    this.#writer = new PipelinedWriter({
      write: async (batch) => {
        await writeUntilDurable(batch, { sink, memory, again: isWorthAnotherTry });
        this.#isDurable(batch.accepted.count, batch.rejected.length);
      },
    });
    this.#onProgress = onProgress;
  }

  get read(): number {
    return this.#madeInStore + this.#taken + this.#builder.size;
  }

  async add(portion: Portion): Promise<void> {
    portion.into(this.#builder);
    if (portion.stored !== undefined) {
      this.#madeInStore += portion.stored;
      this.#isDurable(portion.stored, 0);
    }
    // The few rows that the store leaves over say nothing of the whole.
    if (this.#madeInStore === 0) this.share = portion.share ?? this.share;
    this.#onProgress(this);
    this.#bytes += portion.bytes;
    if (this.#builder.size >= BATCH_EVENTS || this.#bytes >= BATCH_BYTES) await this.#flush();
  }

  async finish(): Promise<void> {
    await this.#flush();
    await this.#writer.finish();
  }

  #isDurable(accepted: number, rejected: number): void {
    this.accepted += accepted;
    this.rejected += rejected;
    this.#onProgress(this);
  }

  async #flush(): Promise<void> {
    this.#bytes = 0;
    this.#taken += this.#builder.size;
    if (this.#builder.size > 0) await this.#writer.write(this.#builder.take());
  }
}
