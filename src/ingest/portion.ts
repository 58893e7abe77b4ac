import type { Arrival } from '../model/event.js';
import type { Decoded } from './decode.js';

/** Some of a file, decoded. */
export interface DecodedPortion {
  decoded: readonly Decoded[];
  /** How much of the input it was made from, as a measure of the memory that it takes. */
  bytes: number;
}

/** Makes the arrival of an input by its place in the file, for people and for the order of versions. */
export type ArrivalOf = (place: string, sequence: number) => Arrival;
