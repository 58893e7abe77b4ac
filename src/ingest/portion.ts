import type { Arrival } from '../model/event.js';
import type { Origin } from '../store/event-rows.js';
import type { Decoded } from './decode.js';
import type { Line } from './line-splitter.js';

/** Takes a file's inputs: lines as they are, rows of tables decoded. */
export interface Collector {
  addLine(line: Line, origin: Origin): unknown;
  add(decoded: Decoded): unknown;
}

/** Some of a file. */
export interface Portion {
  /** Gives the inputs to whoever collects them, in the order of the file. */
  into(collector: Collector): void;
  /** Events of it that the store has made already. */
  stored?: number;
  /** How much of the input it was made from, as a measure of the memory that it takes. */
  bytes: number;
  /** How much of its table has come by with it, from 0 to 1; absent of a text, whose bytes say so. */
  share?: number;
}

/** Makes the arrival of an input by its place in the file, for people and for the order of versions. */
export type ArrivalOf = (place: string, sequence: number) => Arrival;
