import { DAY } from '../model/clock.js';
import type { ArrivedEvent, EventDate, RejectedEvent } from '../model/event.js';
import { type PackedRows, packed } from './event-rows.js';
import type { Store } from './store.js';
import { toSeconds } from './time.js';

const REJECTED_COLUMNS = [
  'received_at',
  'source',
  'position',
  'raw',
  'reason',
  'field',
  'detail',
  'version',
] as const satisfies readonly [string, ...string[]];

/** What the store knows of one event type. */
export interface EventSpan {
  type: string;
  events: number;
  first: number;
  last: number;
}

/** What has arrived since an instant of the store's clock, and whether any of it is or was in more than one place. */
export interface Arrivals {
  since: number;
  moved: boolean;
}

/** The events and the rejected inputs in the store. */
export class EventLog {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Resolves once everything is durable. Writing the same batch again is harmless: an event is known by its
   * id, a rejected input by where it came from. `id` names the insert in the column `batch` of its events.
   */
  async write(
    batch: {
      accepted: PackedRows | readonly ArrivedEvent[];
      rejected: readonly RejectedEvent[];
    },
    id?: string,
  ): Promise<void> {
    const accepted = 'rows' in batch.accepted ? batch.accepted : packed(batch.accepted);
    if (accepted.count > 0) await this.#store.insertRows('insert_events', accepted.rows, id);
    await this.#store.insert('rejected_events_log', REJECTED_COLUMNS, batch.rejected.map(rejectedRow));
  }

  /**
   * Clears away the old places of events that corrections moved, for arrivals since an instant of the store's
   * clock. Doing it twice changes nothing.
   */
  async settleMovedEvents(since: number): Promise<void> {
    await this.#store.execute('settle_moved_events', { since });
  }

  /**
   * The inserts of events since an instant of the store's clock: the instant that each carries, and a fingerprint of
   * what it brought. What is shown here is in the events already, never the other way round.
   */
  async arrivals(since: number): Promise<Map<number, string>> {
    const rows = await this.#store.query<{ at: number; fingerprint: string }>('arrivals', { since });
    return new Map(rows.map(({ at, fingerprint }) => [at, fingerprint]));
  }

  /** Whether any event that arrived since an instant of the store's clock is or was in more than one place. */
  async haveMoved(since: number): Promise<boolean> {
    const [row] = await this.#store.query<{ moved: number }>('moved_events', { since });
    return row !== undefined && row.moved > 0;
  }

  /**
   * The spans that arrivals have touched, by event type and by the dates asked for, each in spans of so many seconds,
   * minutes or more.
   */
  async touchedSpans(
    { since, moved }: Arrivals,
    spans: ReadonlyMap<EventDate, number>,
  ): Promise<{ type: string; date: EventDate; start: number }[]> {
    const dates = [...spans.keys()];
    return this.#store.query('touched_spans', { since, moved, dates, seconds: [...spans.values()] });
  }

  /** The due hours of the cases whose answers have arrived. */
  async touchedDueHours(
    { since, moved }: Arrivals,
    openedTypes: readonly string[],
    answeredTypes: readonly string[],
  ): Promise<number[]> {
    const rows = await this.#store.query<{ hour: number }>('touched_due_hours', {
      since,
      moved,
      opened_types: openedTypes,
      answered_types: answeredTypes,
    });
    return rows.map((row) => row.hour);
  }

  /** The distinct events by type, with their span in time. */
  async span(): Promise<EventSpan[]> {
    return this.#store.query('event_span');
  }

  /**
   * Between which moments there are events, those included that have since moved elsewhere; null without any. Other than
   * `span` it costs the same however many there are.
   */
  async extent(): Promise<{ first: number; last: number } | null> {
    const [row] = await this.#store.query<{ first: number; last: number; events: number }>('event_extent');
    return row === undefined || row.events === 0 ? null : row;
  }

  /** When the first event happened; null without any. */
  async first(): Promise<number | null> {
    const extent = await this.extent();
    if (extent === null) return null;
    // Almost always it is where the extent begins. Only where everything has moved away from there it is looked for.
    for (const before of [extent.first + DAY, extent.last + 1]) {
      const [row] = await this.#store.query<{ first: number; events: number }>('first_event', { before });
      if (row !== undefined && row.events > 0) return row.first;
    }
    return null;
  }

  async rejectedByReason(): Promise<{ reason: string; field: string; rejected: number; example: string }[]> {
    return this.#store.query('rejected_by_reason');
  }

  /** The store's own clock, ms: what `since` is measured on. */
  async now(): Promise<number> {
    const [row] = await this.#store.query<{ now: number }>('store_time');
    return row?.now ?? 0;
  }
}

function rejectedRow(rejected: RejectedEvent): unknown[] {
  const { arrival } = rejected;
  return [
    toSeconds(arrival.receivedAt),
    arrival.source,
    arrival.position,
    rejected.raw,
    rejected.reason,
    rejected.field,
    rejected.detail,
    arrival.version.toString(),
  ];
}
