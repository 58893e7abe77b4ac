/** What people announce over the API is judged with, shown and ended, while the service runs and after it starts again. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { at } from '../flow/timeline.js';
import { LiveService } from './live-service.js';

let live: LiveService;

beforeAll(async () => {
  live = await LiveService.start();
  await live.send(live.traffic(at('00:00', -1), at('10:00'), 300, 30));
  await live.tick();
});
afterAll(() => live.close());

const post = async (path: string, body: object) => {
  const answer = await fetch(`${live.address}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ actor: 'campaigns', ...body }),
  });
  return { status: answer.status, ...((await answer.json()) as Record<string, unknown>) };
};

const listed = async () =>
  ((await (await live.get('/v1/annotations')).json()) as { annotations: Record<string, unknown>[] })
    .annotations;

const CAMPAIGN = {
  annotation_id: 'spring-sale',
  kind: 'campaign',
  title: 'Spring sale',
  effect: 'hold',
  starts_at: new Date(at('10:00')).toISOString(),
  ends_at: new Date(at('12:00')).toISOString(),
};

it('takes an announcement once, however often it is sent, and lists it', async () => {
  const first = await post('/v1/annotations', CAMPAIGN);
  expect(first).toMatchObject({
    status: 200,
    annotation: { origin: 'person', author: 'campaigns', scope: {} },
  });
  expect(await post('/v1/annotations', CAMPAIGN)).toEqual(first);
  expect(await post('/v1/annotations', { ...CAMPAIGN, title: 'Another' })).toMatchObject({
    status: 409,
    reason: 'taken',
  });
  expect(await listed()).toMatchObject([
    { annotation_id: 'spring-sale', title: 'Spring sale', effect: 'hold' },
  ]);
});

it.each([
  ['ends before it begins', { ends_at: CAMPAIGN.starts_at }, 409, 'not_after_its_start'],
  ['names a metric that is not there', { metrics: ['refunds'] }, 409, 'unknown_metric'],
  ['is a fix, which follow-ups tell of', { kind: 'fix' }, 400, undefined],
  ['has an id that is no name', { annotation_id: '../../etc' }, 400, undefined],
])('refuses one that %s', async (_why, change, status, reason) => {
  const answer = await post('/v1/annotations', { ...CAMPAIGN, annotation_id: 'other', ...change });
  expect(answer).toMatchObject({ status, ...(reason === undefined ? {} : { reason }) });
});

it('judges with it, also after a restart: the hour of the campaign raises no alert, the one after it does', async () => {
  await live.end();
  await live.begin();
  live.clock.advanceTo(at('11:05'));
  await live.send(live.traffic(at('10:00'), at('11:00'), 300, 90));
  await live.closeTheHour();
  expect(live.roots()).toEqual([]);

  expect(await post('/v1/annotations/spring-sale/end', {})).toMatchObject({
    status: 200,
    annotation: { ends_at: new Date(at('11:12')).toISOString() },
  });
  await live.send(live.traffic(at('12:00'), at('13:00'), 300, 90));
  await live.send(live.traffic(at('13:00'), at('14:00'), 300, 30));
  await live.until(at('14:05'));
  const alerts = (await live.list('/v1/alerts', 'alerts')) as { metric: string; started_at: string }[];
  // The clock has jumped over hours in which nothing came, of which there is an alert as well.
  const ofDisputes = alerts.filter(({ metric }) => metric === 'dispute_rate');
  expect(ofDisputes).toMatchObject([{ started_at: new Date(at('12:00')).toISOString() }]);
});

it('takes back what has not begun, and shows dashboards what is left', async () => {
  const later = { ...CAMPAIGN, annotation_id: 'later', starts_at: new Date(at('20:00')).toISOString() };
  await post('/v1/annotations', { ...later, ends_at: new Date(at('22:00')).toISOString() });
  expect(await listed()).toHaveLength(2);
  expect(await post('/v1/annotations/later/end', {})).toMatchObject({ status: 200 });
  expect(await post('/v1/annotations/later/end', {})).toMatchObject({ status: 409, reason: 'already_over' });
  expect(await post('/v1/annotations/never/end', {})).toMatchObject({ status: 404 });
  const shown: unknown[] = [];
  for await (const rows of live.store.rows('SELECT annotation_id, kind FROM annotations'))
    shown.push(...rows);
  expect(shown).toEqual([{ annotation_id: 'spring-sale', kind: 'campaign' }]);
});

it('judges again what was judged before a campaign was announced, and leaves what people were told', async () => {
  const verdicts = async () => {
    const found: { at: string; slice: string; status: string; reason: string }[] = [];
    const query = `SELECT formatDateTime(bucket_start, '%H:%i') AS at, slice, status, reason FROM verdicts
      WHERE metric = 'dispute_rate' AND detector = 'combined' AND bucket_start >= '2026-03-03 12:00:00'
        AND bucket_start < '2026-03-03 13:00:00' ORDER BY bucket_start`;
    for await (const rows of live.store.rows<(typeof found)[0]>(query)) found.push(...rows);
    return found.map(({ at: time, status, reason }) => `${time} ${status} ${reason}`.trim());
  };
  expect(await verdicts()).toEqual(['12:00 anomalous']);
  const told = live.roots().length;
  await post('/v1/annotations', {
    ...CAMPAIGN,
    annotation_id: 'told-late',
    starts_at: new Date(at('12:00')).toISOString(),
    ends_at: new Date(at('13:00')).toISOString(),
  });
  expect(await verdicts()).toEqual(['12:00 not_evaluable calendar']);
  expect(live.roots()).toHaveLength(told);
});

it('says of an open alert that its series is held, and lets it neither end nor grow', async () => {
  const alerts = (await live.list('/v1/alerts', 'alerts')) as { alert_id: string; metric: string }[];
  const { alert_id = '' } = alerts.find(({ metric }) => metric === 'dispute_rate') ?? {};
  const shown = async () =>
    (await (await live.get(`/v1/alerts/${alert_id}`)).json()) as Record<string, unknown>;
  expect(await shown()).toMatchObject({ alert: { state: 'firing' }, not_evaluable: null });
  await post('/v1/annotations', {
    ...CAMPAIGN,
    annotation_id: 'afternoon',
    starts_at: new Date(at('13:00')).toISOString(),
    ends_at: new Date(at('17:00')).toISOString(),
  });
  const before = await shown();
  live.clock.advanceTo(at('14:12'));
  const closing = { event_id: 'closes-13', type: 'order.delivered', occurred_at: at('14:11') };
  await live.send(JSON.stringify(closing));
  await live.tick();
  expect(await shown()).toMatchObject({
    alert: { state: 'firing', last: { bucket_start: new Date(at('12:00')).toISOString() } },
    not_evaluable: { bucket_start: new Date(at('13:00')).toISOString(), reason: 'calendar' },
  });
  expect((await shown()).alert).toMatchObject({
    impact_count: (before.alert as { impact_count: number }).impact_count,
  });
});
