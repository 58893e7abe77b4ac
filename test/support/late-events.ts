import { LateEvents, type LateEventsParts } from '../../src/metrics/late-events.js';

/** Late events of a process that ends when it wants to, and writes nothing down. */
export function lateEvents(parts: Omit<LateEventsParts, 'unfinished' | 'begin'>): LateEvents {
  return new LateEvents({ ...parts, unfinished: new Map(), begin: async () => {} });
}
