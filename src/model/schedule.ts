import type { Instant } from './clock.js';

/** Who is on call, by turns: `schedule:ID` in a policy is whoever it is at that moment. */
export interface Schedule {
  id: string;
  /** IANA name. */
  timezone: string;
  /** Owners' ids, in the order of their turns. */
  rotation: readonly string[];
  /** The local date on which the first turn begins, as `2026-01-05`. */
  startsOn: string;
  /** Days of one turn. */
  turnDays: number;
  /** The local time of day at which a turn ends and the next begins, in minutes after midnight. */
  handOver: number;
  /** When anybody is on call at all; null for always. */
  hours: { days: readonly number[]; from: number; to: number } | null;
  /** Other people for a while; the last one that holds counts. An empty owner is nobody. */
  overrides: readonly { owner: string; from: Instant; to: Instant }[];
}
