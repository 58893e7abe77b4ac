import { queryText } from './sql-files.js';
import type { Store } from './store.js';

/** An input that gave no event, as it is kept. */
export interface RejectedInput {
  /** When it arrived, ms. */
  receivedAt: number;
  source: string;
  position: string;
  reason: string;
  field: string;
  detail: string;
  raw: string;
}

/** Which of them; the empty string takes any. */
export interface RejectedFilter {
  source?: string;
  reason?: string;
  field?: string;
  position?: string;
  /** What the position begins with: a topic, a partition, a file. */
  under?: string;
  /** Arrived at or after, ms. */
  since?: number;
  limit?: number;
}

const ALL = 1_000_000_000;

/** Streams rejected inputs, newest first. */
export async function* rejectedInputs(
  store: Store,
  { source = '', reason = '', field = '', position = '', under = '', since = 0, limit = ALL }: RejectedFilter,
): AsyncGenerator<RejectedInput[]> {
  yield* store.rows<RejectedInput>(queryText('rejected_inputs'), {
    source,
    reason,
    field,
    position,
    under,
    since,
    limit,
  });
}
