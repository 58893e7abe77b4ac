import type { Arrival } from '../model/event.js';
import type { Origin } from '../store/event-rows.js';
import { arrivalVersion } from './decode.js';

/** The arrival of one input of an origin: what `EventRows.addPlain` writes of a plain one. */
export function arrivalOf(origin: Origin, sequence: number): Arrival {
  const { source, place, receivedAt, versionAt, turn } = origin;
  const order = BigInt.asUintN(64, (BigInt(turn) << 32n) + BigInt(sequence));
  return { source, position: `${place}${sequence}`, receivedAt, version: arrivalVersion(versionAt, order) };
}
