import type { Instant } from './clock.js';
import type { Json } from './json.js';

/**
 * The streams of the journal; those that people read are also views: `alert_log`, `delivery_log`, … `progress`
 * says how far each metric has been judged: it is written with the transitions that it caused, so that a
 * restart neither judges a bucket twice nor leaves one out.
 */
export type JournalStream = 'alert' | 'delivery' | 'follow_up' | 'silence' | 'analysis' | 'progress';

/**
 * One entry of the log: what an entity became, who did it and why. An entity's current state is the body of
 * its greatest version. Entries that belong together are written in one insert, so that a transition and the
 * deliveries it asks for are there together or not at all.
 */
export interface JournalEntry {
  stream: JournalStream;
  id: string;
  /** 1 for the first entry of an id, then one more each time. */
  version: number;
  at: Instant;
  /** `system`, or a person. */
  actor: string;
  /** The word for what happened, such as `first_notification` or `acknowledged`. */
  reason: string;
  /** The entity's whole state after the entry. */
  body: Json;
}
