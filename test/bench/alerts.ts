import type { Route } from '../../src/model/alert.js';
import { MINUTE, SECOND } from '../../src/model/clock.js';
import { POLICY } from '../alerts/fixtures.js';
import { weather } from '../alerts/storm.js';
import { print, printTable, whole } from './measure.js';

const ALERTS = 10_000;
/** What deciding and grouping them may take, in ms of processor time; the run fails above that. */
const PROMISED = 5_000;

/** Ten thousand series fire within a minute: what deciding and grouping them takes, and what people get to read. */
export async function alerts(): Promise<void> {
  const grouping = { by: ['region'], wait: 30 * SECOND, interval: 5 * MINUTE };
  print(`${whole(ALERTS)} alerts firing within a minute:`);
  printTable([
    ['', 'to decide, CPU ms', 'journal entries', 'messages in 10 min', 'heap, MB'],
    row('grouped by region', [{ match: {}, policy: POLICY.id, grouping }]),
    row('a message for each', [{ match: {}, policy: POLICY.id }]),
  ]);
}

function row(name: string, routes: Route[]): string[] {
  const { decided, fired, later, heap } = weather({ alerts: ALERTS, routes, lasts: 10 * MINUTE });
  if (decided > PROMISED) {
    print(`  ${name}: deciding took ${whole(decided)} ms, and ${whole(PROMISED)} ms are promised`);
    process.exitCode = 1;
  }
  const sent = later.filter(({ reason }) => reason === 'sent').length;
  return [name, whole(decided), whole(fired.length), whole(sent), whole(heap / 2 ** 20)];
}
