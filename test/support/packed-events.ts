import type { ArrivedEvent, MarketplaceEvent } from '../../src/model/event.js';
import { EVENT_FIELDS } from '../../src/model/event-schema.js';

const SCALE = 18;

/** Reads the rows of `queries/insert_events.sql` back into events, as the engine would. */
export function unpacked(rows: Buffer): ArrivedEvent[] {
  const events: ArrivedEvent[] = [];
  const reader = new Reader(rows);
  while (!reader.isAtEnd) {
    const fields = Object.entries(EVENT_FIELDS).map(([key, { kind, required }]) => {
      switch (kind) {
        case 'instant':
          return [key, required ? reader.instant() : reader.nullable(() => reader.instant())];
        case 'amount':
          return [key, reader.nullable(() => decimal(BigInt.asIntN(128, reader.wide())))];
        case 'attributes':
          return [key, reader.map()];
        default:
          return [key, reader.string()];
      }
    });
    const receivedAt = reader.instant();
    const arrival = {
      receivedAt,
      source: reader.string(),
      position: reader.string(),
      version: reader.wide(),
    };
    events.push({ event: Object.fromEntries(fields) as MarketplaceEvent, arrival });
  }
  return events;
}

/** An amount without the zeros that say nothing. */
function decimal(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(SCALE + 1, '0');
  const text = `${digits.slice(0, -SCALE)}.${digits.slice(-SCALE)}`.replace(/\.?0+$/, '');
  return units < 0n ? `-${text}` : text;
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  string(): string {
    const length = this.#length();
    this.#at += length;
    return this.#bytes.toString('utf8', this.#at - length, this.#at);
  }

  instant(): number {
    this.#at += 8;
    return Number(this.#bytes.readBigInt64LE(this.#at - 8));
  }

  wide(): bigint {
    this.#at += 16;
    return (this.#bytes.readBigUInt64LE(this.#at - 8) << 64n) | this.#bytes.readBigUInt64LE(this.#at - 16);
  }

  nullable<T>(read: () => T): T | null {
    return this.#bytes[this.#at++] === 1 ? null : read();
  }

  map(): Record<string, string> {
    return Object.fromEntries(
      Array.from({ length: this.#length() }, () => [this.string(), this.string()] as const),
    );
  }

  #length(): number {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes[this.#at++] ?? 0;
      length += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return length;
    }
  }
}
