import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { Instant } from '../model/clock.js';
import { messageOf } from '../model/errors.js';
import type { Arrival, RejectionReason } from '../model/event.js';
import type { Origin } from '../store/event-rows.js';
import { BatchBuilder } from './batch.js';
import type { EventSink } from './contract.js';
import { type Decoded, type DecodeLimits, decodeValue, reject, tooLarge } from './decode.js';
import { isBlank, LineSplitter, withoutMark } from './line-splitter.js';
import { arrivalOf } from './origin.js';
import type { ProgressTracker } from './progress.js';

/** What `POST /v1/events` answers, once everything that it says is durable. */
export interface HttpIngestAnswer {
  accepted: number;
  rejected: readonly {
    /** The line of an NDJSON body, or the place in an array; both from 1. */
    line: number;
    reason: RejectionReason;
    field: string;
    detail: string;
  }[];
}

export interface HttpIngestParts {
  sink: EventSink;
  progress: ProgressTracker;
  limits: DecodeLimits;
}

const SPACE = 0x20;
const OPENING_BRACKET = 0x5b;
/** Hexadecimal digits of a body's SHA-256 that name it: 128 bits. */
const REQUEST_DIGITS = 32;

/** Takes bodies of NDJSON or of one JSON array, whatever their content type says, and writes their events. */
export class HttpIngest {
  readonly #parts: HttpIngestParts;
  #requests = 0;
  #latest: Instant = 0;

  constructor(parts: HttpIngestParts) {
    this.#parts = parts;
  }

  /** Resolves when the body's events are durable; throws what the sink throws, and then the request is to be sent again. */
  async take(body: Buffer, now: Instant): Promise<HttpIngestAnswer> {
    // A wall clock that is set back must not make a later request the earlier version.
    this.#latest = Math.max(this.#latest, now);
    const builder = new BatchBuilder('http', this.#parts.limits);
    const lines = readBody(withoutMark(body), this.#origin(body, now), this.#parts.limits, builder);
    const isEmpty = builder.size === 0;
    const decoded = builder.take();
    if (!isEmpty) {
      await this.#parts.sink.write(decoded);
      this.#parts.progress.wrote(decoded);
    }
    return {
      accepted: decoded.accepted.count,
      rejected: decoded.rejected.map(({ reason, field, detail }, index) => ({
        line: lines[index] ?? 0,
        reason,
        field,
        detail,
      })),
    };
  }

  /**
   * A request is known by its bytes: one that is sent again, because its answer was lost or said to wait, has
   * the same places, so that a rejected line is kept once. Its version is a new one. A repeated event is the same
   * fact whatever its version, and bytes that came before mean a return to them when they come after others.
   */
  #origin(body: Buffer, receivedAt: Instant): Origin {
    const request = createHash('sha256').update(body).digest('hex').slice(0, REQUEST_DIGITS);
    // Requests within one millisecond are told apart by their turns.
    const turn = this.#requests++ % 2 ** 32;
    return { source: 'http', place: `${request}:`, receivedAt, versionAt: this.#latest, turn };
  }
}

/** Reads a body into a batch, and answers the lines that were rejected. */
function readBody(body: Buffer, origin: Origin, limits: DecodeLimits, builder: BatchBuilder): number[] {
  const rejected: number[] = [];
  // Nothing else begins with a bracket: a line that is an array could not be an event.
  if (body.find((byte) => byte > SPACE) === OPENING_BRACKET) {
    for (const { line, decoded } of decodeArray(body, (line) => arrivalOf(origin, line), limits))
      if (!builder.add(decoded)) rejected.push(line);
    return rejected;
  }
  const splitter = new LineSplitter(limits.maxEventBytes);
  for (const lines of [splitter.push(body), splitter.end()])
    for (const line of lines)
      if (!isBlank(line) && !builder.addLine(line, origin)) rejected.push(line.number);
  return rejected;
}

interface DecodedLine {
  line: number;
  decoded: Decoded;
}

function* decodeArray(
  body: Buffer,
  arrival: (line: number) => Arrival,
  limits: DecodeLimits,
): Generator<DecodedLine> {
  const whole = (reason: RejectionReason, detail: string): DecodedLine => {
    const beginning = body.subarray(0, limits.maxEventBytes).toString('latin1');
    return { line: 1, decoded: reject(arrival(1), beginning, reason, '', detail) };
  };
  if (!isUtf8(body)) {
    yield whole('invalid_utf8', 'the body is not UTF-8; its beginning is kept as Latin-1');
    return;
  }
  let values: unknown[];
  try {
    values = JSON.parse(body.toString('utf8')) as unknown[];
  } catch (error) {
    yield whole('malformed_json', `the array cannot be read: ${messageOf(error)}`);
    return;
  }
  for (const [index, value] of values.entries()) {
    const line = index + 1;
    const text = JSON.stringify(value);
    const bytes = Buffer.byteLength(text);
    const decoded =
      bytes > limits.maxEventBytes
        ? tooLarge(text, bytes, arrival(line), limits)
        : decodeValue(value, arrival(line), () => text);
    yield { line, decoded };
  }
}
