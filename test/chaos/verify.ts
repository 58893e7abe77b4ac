import type { MarketplaceEvent } from '../../src/model/event.js';
import { PointTable } from '../../src/store/point-table.js';
import type { Store } from '../../src/store/store.js';
import type { Ledger } from './ledger.js';
import { BruteForce, METRICS } from './metrics.js';
import { BEGINNING, eventOf, SPAN } from './stream.js';

/** Examples to a problem. */
const SHOWN = 3;

export interface Verified {
  events: number;
  rejected: number;
  points: number;
  problems: string[];
}

/** Holds the whole store against what was sent, and says what differs. */
export async function verify(store: Store, ledger: Ledger, seed: number, events: number): Promise<Verified> {
  const problems: string[] = [];
  const say = (what: string, examples: readonly unknown[]) => {
    if (examples.length > 0)
      problems.push(`${examples.length} ${what}, such as ${JSON.stringify(examples.slice(0, SHOWN))}`);
  };
  const truth = function* (): Generator<MarketplaceEvent> {
    for (const [id, content] of ledger.latest.entries())
      if (content >= 0) yield eventOf(seed, events, id, content);
  };

  const stored = await readEvents(store);
  const different: string[] = [];
  let count = 0;
  const answers = new Map<string, number>();
  for (const event of truth()) {
    count += 1;
    if (stored.get(event.eventId) !== fingerprint(event)) different.push(event.eventId);
    stored.delete(event.eventId);
    if (event.type === 'ticket.responded') answers.set(event.caseId, event.occurredAt);
  }
  say('events are missing or are not as they were sent last', different);
  say('events are there that nobody sent', [...stored.keys()]);

  const rejected = await readRejected(store);
  say(
    'rejected inputs are not kept, or not with their reason',
    [...ledger.rejected].filter(([position, reason]) => rejected.get(position) !== reason),
  );
  say(
    'rejected inputs are kept that were none',
    [...rejected.keys()].filter((position) => !ledger.rejected.has(position)),
  );

  let points = 0;
  for (const metric of METRICS) {
    const brute = new BruteForce(metric, answers);
    for (const event of truth()) brute.add(event);
    const expected = brute.expected();
    const wrong: string[] = [];
    for (const point of await new PointTable(store).between(metric.id, 0, BEGINNING + 10 * SPAN)) {
      points += 1;
      const key = `${point.bucketStart} ${point.slice}`;
      // A series without events in a bucket has a zero there, unless it is a rate, which then has nothing.
      const should = expected.get(key) ?? { value: 0, denominator: null };
      if (!close(point.value, should.value) || point.denominator !== should.denominator)
        wrong.push(
          `${key}: ${point.value} of ${point.denominator}, not ${should.value} of ${should.denominator}`,
        );
      expected.delete(key);
    }
    say(`points of ${metric.id} are wrong`, wrong);
    say(`points of ${metric.id} are missing`, [...expected.keys()]);
  }
  return { events: count, rejected: rejected.size, points, problems };
}

const close = (a: number, b: number): boolean =>
  Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));

const fingerprint = (event: MarketplaceEvent): string =>
  [
    event.type,
    event.occurredAt,
    event.region,
    event.category,
    Number(event.amount),
    event.dueAt,
    event.text.length,
  ].join();

interface EventRow {
  event_id: string;
  fingerprint: string;
}

async function readEvents(store: Store): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const text = `SELECT event_id, concat(type, ',', toString(toUnixTimestamp64Milli(occurred_at)), ',', region, ',', category, ',',
      toString(amount), ',', ifNull(toString(toUnixTimestamp64Milli(due_at)), ''), ',', toString(length(text))) AS fingerprint
    FROM events`;
  for await (const rows of store.rows<EventRow>(text))
    for (const row of rows) {
      if (found.has(row.event_id)) found.set(`${row.event_id} twice`, '');
      found.set(row.event_id, row.fingerprint);
    }
  return found;
}

async function readRejected(store: Store): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const rows of store.rows<{ position: string; reason: string }>(
    'SELECT position, reason FROM rejected_events',
  ))
    for (const { position, reason } of rows)
      found.set(found.has(position) ? `${position} twice` : position, reason);
  return found;
}
