import { FollowUpDesk } from '../../src/followups/desk.js';
import { createServer } from '../../src/http/server.js';
import { DAY, HOUR } from '../../src/model/clock.js';
import type { FollowUp, FollowUpState } from '../../src/model/follow-up.js';
import type { JournalEntry } from '../../src/model/journal.js';
import type { Json } from '../../src/model/json.js';
import { alert, OWNERS, SETTINGS, T0 } from '../followups/fixtures.js';
import { FakeService, serverOptions } from '../http/fake-service.js';
import { seededRandom } from '../support/random.js';
import { print, printTable, whole } from './measure.js';

const FOLLOW_UPS = 50_000;
const ROUNDS = 30;
/** What a person waits for without noticing, ms. */
const PROMISED = 200;

const STATES: readonly FollowUpState[] = [
  'open',
  'acknowledged',
  'in_progress',
  'fix_shipped',
  'verifying',
  'verified',
  'wont_do',
];

const QUERIES = [
  ['the open ones, soonest due first', '?state=not_closed'],
  ['a page of 100', '?state=not_closed&limit=100'],
  ["an owner's", '?state=not_closed&owner=amira'],
  ['of a metric and slice', '?metric=metric-7&slice=region%3DR7'],
  ['urgent and due', `?priority=urgent&due_before=${new Date(T0 + 20 * DAY).toISOString()}`],
  ['of an alert', '?alert=alert-31415'],
  ['closed ones', '?state=verified,wont_do'],
] as const;

/** How long the API takes to list and filter many follow-ups, and what else depends on how many there are. */
export async function followUps(): Promise<void> {
  const journal = entries();
  const desk = new FollowUpDesk({ owners: OWNERS, settings: SETTINGS });
  const restored = timed(() => desk.restore(journal));
  const first = timed(() => desk.nextDue());
  const again = timed(() => desk.nextDue());
  const service = new FakeService();
  service.followUps.list = () => desk.followUps();
  const server = createServer(serverOptions(service));
  const { address } = await server.listen();
  const rows: string[][] = [];
  for (const [name, query] of QUERIES) {
    const times: number[] = [];
    let found = { follow_ups: [] as unknown[], total: 0 };
    const before = process.cpuUsage();
    for (let round = 0; round < ROUNDS; round++) {
      const begun = performance.now();
      const answer = await fetch(`${address}/v1/follow-ups${query}`);
      found = (await answer.json()) as typeof found;
      times.push(performance.now() - begun);
    }
    const { user, system } = process.cpuUsage(before);
    times.sort((a, b) => a - b);
    const median = times[ROUNDS / 2] ?? 0;
    if (median > PROMISED) process.exitCode = 1;
    rows.push([
      name,
      whole(found.total),
      whole(found.follow_ups.length),
      median.toFixed(1),
      (times[Math.floor(ROUNDS * 0.9)] ?? 0).toFixed(1),
      ((user + system) / 1_000 / ROUNDS).toFixed(1),
    ]);
  }
  await server.close();
  print(`  ${whole(FOLLOW_UPS)} follow-ups; ${PROMISED} ms are promised`);
  printTable([['', 'found', 'shown', 'ms, median', 'ms, of ten the slowest', 'CPU ms'], ...rows]);
  print(
    `  read at a start: ${whole(restored)} ms; the next reminder: ${whole(first)} ms at first, then ${again.toFixed(1)} ms`,
  );
}

/** Their entries as they are in the journal, of 300 series and 3 owners. */
function entries(): JournalEntry[] {
  const random = seededRandom(3);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const desk = new FollowUpDesk({ owners: OWNERS, settings: SETTINGS });
  const opened = desk.open({ alert: alert(), actor: 'ann' }, T0);
  if (opened.outcome !== 'done') throw new Error(opened.reason);
  const like = opened.followUp;
  return Array.from({ length: FOLLOW_UPS }, (_, index) => {
    const state = pick(STATES);
    const closed = state === 'verified' || state === 'wont_do';
    const openedAt = T0 + Math.floor(random() * 300 * DAY);
    const followUp: FollowUp = {
      ...like,
      followUpId: `follow-up-${index}`,
      alertId: `alert-${index}`,
      alertIds: [`alert-${index}`],
      fingerprint: `series-${index}`,
      metric: `metric-${index % 20}`,
      slice: `region=R${index % 300}`,
      title: `Improvement ${index}: fewer disputes of <toys> & "games"`,
      owner: pick(OWNERS).id,
      priority: pick(['low', 'normal', 'high', 'urgent'] as const),
      state,
      openedAt,
      dueAt: openedAt + Math.floor(random() * 30 * DAY),
      closedAt: closed ? openedAt + 9 * HOUR : null,
    };
    return {
      ...{ stream: 'follow_up', id: followUp.followUpId, version: 1, at: openedAt, actor: 'ann' },
      ...{ reason: 'opened', body: followUp as unknown as Json },
    };
  });
}

function timed(work: () => unknown): number {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}
