import type { Instant } from '../model/clock.js';
import type { EventDate } from '../model/event.js';
import type { Store } from './store.js';

/** The bucket on which alerts fired, and which events it counts. */
export interface FiredOn {
  alertIds: readonly string[];
  metric: string;
  types: readonly string[];
  date: EventDate;
  from: Instant;
  to: Instant;
}

/** Which inserts brought the events that alerts fired on: what ties a message to the batches behind it. */
export class AlertBatches {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Notes the inserts of a bucket's events. Noting them again changes nothing. */
  async trace({ alertIds, ...bucket }: FiredOn): Promise<void> {
    await this.#store.execute('trace_alerts', { ...bucket, alert_ids: alertIds });
  }

  /** The newest of the inserts behind each alert; an alert without any is left out. */
  async newest(alertIds: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.#store.query<{ alert_id: string; batch: string }>('newest_batches', {
      alert_ids: alertIds,
    });
    return new Map(rows.map(({ alert_id, batch }) => [alert_id, batch]));
  }
}
