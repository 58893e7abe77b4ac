/** From a message to the inserts of events behind it, and back, by one id; and nothing in the log that must not be there. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SECOND } from '../../src/model/clock.js';
import { at } from '../flow/timeline.js';
import { LiveService } from './live-service.js';

type Line = Record<string, unknown> & { msg: string };

let live: LiveService;
let lines: Line[];
const SECRET = 'ann.private@example.org';

/** A day as usual, an hour with three inserts that make an alert, and a click. */
beforeAll(async () => {
  live = await LiveService.start();
  await live.send(live.traffic(at('00:00', -1), at('10:00'), 300, 30));
  await live.tick();
  live.clock.advanceTo(at('11:05'));
  for (const [orders, disputes] of [
    [200, 40],
    [100, 20],
  ] as const) {
    live.clock.advanceTo(live.clock.now() + SECOND);
    await live.send(live.traffic(at('10:00'), at('11:00'), orders, disputes));
  }
  live.clock.advanceTo(live.clock.now() + SECOND);
  const odd = { event_id: 'followed', type: 'dispute.opened', occurred_at: at('10:59'), text: SECRET };
  await live.send(JSON.stringify({ ...odd, attributes: { email: SECRET }, case_id: 'C-1' }));
  await live.send(`{"event_id":"spoilt","text":"${SECRET}"}`);
  await live.closeTheHour();
  const [root] = live.roots();
  if (root === undefined) throw new Error('nobody was told');
  const { body, headers } = live.slack.people.click('redress_acknowledge', root);
  await fetch(`${live.address}/slack/interactions`, { method: 'POST', body, headers });
  await live.end();
  lines = live.logged.map((line) => JSON.parse(line) as Line);
});
afterAll(() => live.close());

const rows = async <Row>(sql: string, parameters = {}): Promise<Row[]> => {
  const found: Row[] = [];
  for await (const some of live.store.rows<Row>(sql, parameters)) found.push(...some);
  return found;
};

it('follows one event to the message that it helped to cause, by one id', async () => {
  const [event] = await rows<{ batch: string }>("SELECT batch FROM events WHERE event_id = 'followed'");
  const batch = event?.batch;
  const told = lines.filter((line) => line.batch === batch).map(({ msg }) => msg);
  expect(told).toEqual(
    expect.arrayContaining(['events are durable', 'an alert: fired', 'a message was sent']),
  );
  // In the order in which it happened.
  expect(told.indexOf('events are durable')).toBeLessThan(told.indexOf('an alert: fired'));
  expect(told.indexOf('an alert: fired')).toBeLessThan(told.indexOf('a message was sent'));
});

it('goes back from the line of a message to every insert that made the point, with the events of each', async () => {
  const sent = lines.find(({ msg }) => msg === 'a message was sent');
  expect(sent).toMatchObject({ target: 'slack:#disputes', reason: 'first_notification' });
  const behind = await rows<{ batch: string; events: number }>(
    'SELECT batch, events FROM alert_batches FINAL WHERE alert_id = {id:String} ORDER BY events DESC',
    { id: sent?.alertId },
  );
  expect(behind.map(({ events }) => events)).toEqual([240, 120, 1]);
  const logged = lines.filter(({ msg }) => msg === 'events are durable').map((line) => line.batch);
  for (const { batch } of behind) expect(logged).toContain(batch);
  expect(behind.at(-1)?.batch).toBe(sent?.batch);
});

it('finds from any insert, not the newest alone, the alerts that it had a part in', async () => {
  const [usual] = await rows<{ batch: string }>(
    'SELECT batch FROM events WHERE occurred_at >= {from:DateTime64(3)} GROUP BY batch ORDER BY count() DESC LIMIT 1',
    { from: at('10:00') / SECOND },
  );
  const [alert] = await rows<{ alert_id: string }>(
    'SELECT alert_id FROM alert_batches FINAL WHERE batch = {batch:String}',
    usual,
  );
  expect(lines.some((line) => line.alertId === alert?.alert_id && line.msg === 'a message was sent')).toBe(
    true,
  );
});

it('writes no secret, no text of an event and nobody who did something into the log', () => {
  const log = live.logged.join('');
  const { slack } = live.settings.service;
  for (const never of [SECRET, 'C-1', 'U0ANN', 'U0BOB', slack?.token ?? '', slack?.signingSecrets[0] ?? ''])
    expect(log).not.toContain(never);
  expect(lines.map(({ msg }) => msg)).toContain('an alert: acknowledged');
});
