import type { Store } from './store.js';

/** How far one event type has come from one place of a source. */
export interface KnownProgress {
  source: string;
  /** Of Kafka `topic/partition`, otherwise empty. */
  place: string;
  type: string;
  /** Greatest `occurred_at`, and when the last event arrived; ms. */
  frontier: number;
  lastArrivalAt: number;
}

/** What the store remembers of each source, whichever process has written it. */
export async function knownProgress(store: Store): Promise<KnownProgress[]> {
  return store.query('source_progress');
}
