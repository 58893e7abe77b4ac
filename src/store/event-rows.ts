import type { Arrival, ArrivedEvent, MarketplaceEvent } from '../model/event.js';
import { EVENT_FIELDS, type EventField } from '../model/event-schema.js';
import { RowBinaryWriter } from './row-binary.js';

/** Events as the store takes them. */
export interface PackedRows {
  /** The rows of `queries/insert_events.sql`, one after another. */
  rows: readonly Buffer[];
  count: number;
}

/** Rows, and what has to be known of their events beside. */
export interface PackedEvents extends PackedRows {
  /** Greatest `occurred_at`; null without an event. */
  latest: number | null;
}

/**
 * An event whose values are still the bytes that it came in. The arrays have a place for each of `EVENT_FIELDS`, in
 * their order; a text that is absent begins and ends at the same place, an absent instant is NaN.
 */
export interface PlainFields {
  bytes: Uint8Array;
  starts: Int32Array;
  ends: Int32Array;
  instants: Float64Array;
  /** This whole number, divided by ten to the power of `places`; NaN when there is none. */
  amount: { units: number; places: number };
  attributes: PlainSpans;
}

/** An event's attributes, in the same bytes. */
export interface PlainSpans {
  /** Four places for each: where its key begins and ends, where its value does. */
  spans: Int32Array;
  count: number;
}

/** Where an input comes from: the parts of its `Arrival`, which most inputs need never put together. */
export interface Origin {
  source: string;
  /** The position without the sequence that ends it: `topic/3/`, `file.ndjson:`. */
  place: string;
  receivedAt: number;
  /** The version's instant. */
  versionAt: number;
  /** Orders origins of the same instant before the sequence does; a whole number below 2^32. */
  turn: number;
}

const KEYS = Object.keys(EVENT_FIELDS) as (keyof MarketplaceEvent)[];
const FIELDS: readonly EventField[] = Object.values(EVENT_FIELDS);
/** How a column is written; small integers, because this is asked eighteen times for each event there is. */
const TEXT = 0;
const INSTANT = 1;
const NULLABLE_INSTANT = 2;
const AMOUNT = 3;
const ATTRIBUTES = 4;
const COLUMNS = Uint8Array.from(FIELDS, ({ kind, required }) => {
  if (kind === 'instant') return required ? INSTANT : NULLABLE_INSTANT;
  if (kind === 'amount') return AMOUNT;
  return kind === 'attributes' ? ATTRIBUTES : TEXT;
});
const OCCURRED_AT = KEYS.indexOf('occurredAt');

/** Packs events into the rows of `queries/insert_events.sql`: the event's fields in the schema's order, then the arrival. */
export class EventRows {
  readonly #rows: RowBinaryWriter;
  #count = 0;
  #place = '';
  #placeBytes: Uint8Array = new Uint8Array();
  #latest = Number.NEGATIVE_INFINITY;

  /** @param room as of `RowBinaryWriter`. */
  constructor(room: number | Buffer) {
    this.#rows = new RowBinaryWriter(room);
  }

  get count(): number {
    return this.#count;
  }

  /** Bytes of the rows so far. */
  get size(): number {
    return this.#rows.size;
  }

  add(event: MarketplaceEvent, { source, position, receivedAt, version }: Arrival): void {
    const rows = this.#rows;
    for (let field = 0; field < KEYS.length; field += 1) {
      const value = event[KEYS[field] as keyof MarketplaceEvent];
      switch (COLUMNS[field]) {
        case TEXT:
          rows.string(value as string);
          break;
        case INSTANT:
          rows.instant(value as number);
          break;
        case NULLABLE_INSTANT:
          rows.nullableInstant(value as number | null);
          break;
        case AMOUNT:
          rows.nullableDecimal(value as string | null);
          break;
        default:
          rows.map(event.attributes);
      }
    }
    rows.instant(receivedAt);
    rows.string(source);
    rows.string(position);
    rows.uint128(version);
    this.#counted(event.occurredAt);
  }

  addPlain(
    plain: PlainFields,
    { source, place, receivedAt, versionAt, turn }: Origin,
    sequence: number,
  ): void {
    const { bytes, starts, ends, instants, amount, attributes } = plain;
    const rows = this.#rows;
    for (let field = 0; field < KEYS.length; field += 1) {
      switch (COLUMNS[field]) {
        case TEXT:
          rows.bytes(bytes, starts[field] as number, ends[field] as number);
          break;
        case INSTANT:
          rows.instant(instants[field] as number);
          break;
        case NULLABLE_INSTANT: {
          const instant = instants[field] as number;
          rows.nullableInstant(Number.isNaN(instant) ? null : instant);
          break;
        }
        case AMOUNT:
          rows.nullableScaled(amount.units, amount.places);
          break;
        default:
          rows.mapOfBytes(bytes, attributes.spans, attributes.count);
      }
    }
    rows.instant(receivedAt);
    rows.string(source);
    rows.numbered(this.#bytesOf(place), sequence);
    rows.version(versionAt, turn, sequence);
    this.#counted(instants[OCCURRED_AT] as number);
  }

  /** Everything that was added. The packer is not used after it. */
  finish(): PackedEvents {
    const rows = this.#rows.finish();
    const latest = this.#count === 0 ? null : this.#latest;
    return { rows: [rows], count: this.#count, latest };
  }

  /** The place's bytes: nearly always those of the place before. */
  #bytesOf(place: string): Uint8Array {
    if (place !== this.#place) {
      this.#place = place;
      this.#placeBytes = Buffer.from(place);
    }
    return this.#placeBytes;
  }

  #counted(occurredAt: number): void {
    this.#count += 1;
    this.#latest = Math.max(this.#latest, occurredAt);
  }
}

/** More than an event usually takes, so that the rows are seldom copied while they grow. */
const EXPECTED_BYTES = 256;

export function packed(events: readonly ArrivedEvent[]): PackedEvents {
  const rows = new EventRows(events.length * EXPECTED_BYTES);
  for (const { event, arrival } of events) rows.add(event, arrival);
  return rows.finish();
}
