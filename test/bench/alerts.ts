import { AlertDesk } from '../../src/alerts/desk.js';
import type { Route } from '../../src/model/alert.js';
import { MINUTE, SECOND } from '../../src/model/clock.js';
import type { JournalEntry } from '../../src/model/journal.js';
import { afterHour, hour, POLICY, seen } from '../alerts/fixtures.js';
import { print, printTable, whole } from './measure.js';

const ALERTS = 10_000;
const START = afterHour(hour(0));

/** Ten thousand series fire within a minute: what deciding and grouping them takes, and what people get to read. */
export async function alerts(): Promise<void> {
  const grouping = { by: ['region'], wait: 30 * SECOND, interval: 5 * MINUTE };
  print(`${whole(ALERTS)} alerts firing within a minute:`);
  printTable([
    ['', 'to decide, ms', 'journal entries', 'messages in 10 min', 'heap, MB'],
    row('grouped by region', [{ match: {}, policy: POLICY.id, grouping }]),
    row('a message for each', [{ match: {}, policy: POLICY.id }]),
  ]);
}

function row(name: string, routes: Route[]): string[] {
  const desk = new AlertDesk({ policies: [POLICY], routes });
  const observations = Array.from({ length: ALERTS }, (_, index) =>
    seen(hour(0), 'up', { slice: `category=c${Math.floor(index / 20)},region=r${index % 20}` }),
  );
  const before = process.memoryUsage().heapUsed;
  const begun = performance.now();
  const journal: JournalEntry[] = [];
  for (const [index, observation] of observations.entries())
    journal.push(...desk.observe(observation, START + Math.floor((index * MINUTE) / ALERTS)));
  const decided = performance.now() - begun;
  let sent = 0;
  for (let at = START; at <= START + 10 * MINUTE; at += SECOND) {
    desk.due(at);
    for (const { deliveryId } of desk.dueDeliveries(at)) {
      sent += 1;
      desk.recordAttempt(deliveryId, { outcome: 'sent', messageRef: 'C1:1' }, at);
    }
  }
  const heap = (process.memoryUsage().heapUsed - before) / 2 ** 20;
  return [name, whole(decided), whole(journal.length), whole(sent), whole(heap)];
}
