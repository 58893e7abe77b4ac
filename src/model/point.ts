import type { Instant } from './clock.js';

/** A metric's value on one slice in one bucket. */
export interface Point {
  metric: string;
  slice: string;
  /** Start of the half-open bucket. */
  bucketStart: Instant;
  bucketSeconds: number;
  value: number;
  /** For a rate the counted cases; otherwise the value itself. */
  numerator: number;
  /** For a rate what the cases are counted over; null for counts and sums. */
  denominator: number | null;
  /** For a mean or a quantile the events that it is over; absent for every other kind. */
  volume?: number;
  /** Sum of the numerator events' amounts, in the marketplace's currency. */
  amount: number;
  /** 1 for the first making; greater when late or corrected events made the point again. */
  revision: number;
}
