import type { Store } from './store.js';

/** How far a source had got when it was last read. */
export interface KnownProgress {
  source: string;
  frontier: number;
  lastArrivalAt: number;
}

/** What the store remembers of each source. */
export async function knownProgress(store: Store): Promise<KnownProgress[]> {
  return store.query('source_progress');
}
