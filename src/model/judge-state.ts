import type { Instant } from './clock.js';
import type { Json } from './json.js';

/** A judge's state as it was after a bucket, so that a restart goes on where it stopped. */
export interface SavedJudge {
  metric: string;
  slice: string;
  detector: string;
  /** The parameters that the state belongs to; other ones cannot go on from it. */
  parameters: string;
  /** Start of the last bucket that it has observed. */
  observedUntil: Instant;
  state: Json;
  /**
   * 0 or absent for the newest state; 1 and 2 for the two earlier ones from which the points that late events
   * changed are judged again.
   */
  slot?: number;
  /** True for one that says only how far it knew: its state has not been read. */
  isElsewhere?: boolean;
}
