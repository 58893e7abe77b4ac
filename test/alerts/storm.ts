import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { AlertDesk } from '../../src/alerts/desk.js';
import type { Route } from '../../src/model/alert.js';
import { MINUTE, SECOND } from '../../src/model/clock.js';
import type { JournalEntry } from '../../src/model/journal.js';
import { afterHour, hour, POLICY, seen } from './fixtures.js';

const STORM_START = afterHour(hour(0));

export interface Storm {
  alerts: number;
  routes: readonly Route[];
  /** How long it is followed, in ms of the simulated clock. */
  lasts: number;
}

export interface Weathered {
  desk: AlertDesk;
  /** Processor time of deciding, grouping and asking for the messages, in ms. */
  decided: number;
  /** What firing wrote. */
  fired: readonly JournalEntry[];
  /** What was written as the messages came due and went out. */
  later: readonly JournalEntry[];
  /** What stays in memory of it, the journal's entries included, in bytes. */
  heap: number;
}

/**
 * Fires so many series within a minute, of 20 regions and as many categories as it takes, and sends what is due every
 * second. All that decides is counted, and nothing of what sends.
 */
export function weather({ alerts, routes, lasts }: Storm): Weathered {
  const desk = new AlertDesk({ policies: [POLICY], routes });
  const observations = Array.from({ length: alerts }, (_, index) =>
    seen(hour(0), 'up', { slice: `category=c${Math.floor(index / 20)},region=r${index % 20}` }),
  );
  const fired: JournalEntry[] = [];
  const later: JournalEntry[] = [];
  const before = retained();
  let decided = 0;
  const deciding = (decide: () => readonly JournalEntry[], into: JournalEntry[]) => {
    const begun = process.cpuUsage();
    for (const entry of decide()) into.push(entry);
    const { user, system } = process.cpuUsage(begun);
    decided += (user + system) / 1_000;
  };
  let next = 0;
  for (let at = STORM_START; at <= STORM_START + lasts; at += SECOND) {
    const first = next;
    while (next < alerts && firesAt(next, alerts) <= at) next += 1;
    deciding(
      () =>
        observations
          .slice(first, next)
          .flatMap((seen, index) => desk.observe(seen, firesAt(first + index, alerts))),
      fired,
    );
    deciding(() => desk.due(at), later);
    for (const { deliveryId, target } of desk.dueDeliveries(at))
      later.push(...desk.recordAttempt(deliveryId, { outcome: 'sent', messageRef: `${target}:1` }, at));
  }
  return { desk, decided, fired, later, heap: retained() - before };
}

const firesAt = (index: number, alerts: number) => STORM_START + Math.floor((index * MINUTE) / alerts);

/** The heap that is in use once what nobody refers to is gone, in bytes. */
function retained(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
