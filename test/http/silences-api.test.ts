import { beforeEach, describe, expect, it } from 'vitest';
import {
  SilenceAnswerSchema,
  SilenceListSchema,
  SilenceStorySchema,
  type SilenceWire,
} from '../../src/http/silence-wire.js';
import { DAY, HOUR } from '../../src/model/clock.js';
import { application, NOW } from './fake-service.js';
import { SilenceService } from './silence-desk.js';

let service: SilenceService;
let app: ReturnType<typeof application>;
beforeEach(() => {
  service = new SilenceService();
  app = application(service);
});

const text = (instant: number) => new Date(instant).toISOString();
const post = (url: string, payload: object) => app.inject({ method: 'POST', url, payload });
const get = async (url: string) => (await app.inject({ method: 'GET', url })).json();
const listed = async (query = '') =>
  SilenceListSchema.parse(await get(`/v1/silences${query}`)).silences.map(({ silence_id, state }) => [
    silence_id,
    state,
  ]);

async function make(more: object = {}): Promise<SilenceWire> {
  const answer = await post('/v1/silences', {
    ...{ actor: 'ann', match: { region: 'GB' }, reason: 'a strike', ends_at: text(NOW + 4 * HOUR) },
    ...more,
  });
  expect(answer.statusCode).toBe(200);
  return SilenceAnswerSchema.parse(answer.json()).silence;
}

describe('a silence', () => {
  it('is made, shown with its story, edited and ended', async () => {
    const made = await make();
    expect(made).toMatchObject({
      ...{ state: 'active', origin: 'person', author: 'ann', reason: 'a strike', matched: false },
      ...{ match: { region: ['GB'] }, starts_at: text(NOW), ends_at: text(NOW + 4 * HOUR) },
    });
    const path = `/v1/silences/${made.silence_id}`;
    const { version } = made;
    const edit = { actor: 'bob', version, ends_at: text(NOW + DAY), match: { metric: { prefix: 'refund' } } };
    const edited = SilenceAnswerSchema.parse((await post(`${path}/edit`, edit)).json()).silence;
    expect(edited).toMatchObject({
      ...{ match: { metric: { prefix: ['refund'] } }, reason: 'a strike', ends_at: text(NOW + DAY) },
    });
    expect((await post(`${path}/end`, { actor: 'bob' })).json().silence.state).toBe('ended');
    const { story } = SilenceStorySchema.parse(await get(path));
    expect(story.map(({ reason, actor }) => `${reason} by ${actor}`)).toEqual([
      'made by ann',
      'edited by bob',
      'ended_by_person by bob',
    ]);
  });

  it('can recur by the hours of a week, and last until all is resolved, at most for thirty days', async () => {
    const nights = { days: ['mon', 'tue'], from: '22:00', to: '06:00', timezone: 'Europe/Berlin' };
    const recurring = await make({ recurrence: nights, ends_at: text(NOW + 9 * DAY) });
    // It is Tuesday afternoon, and ten in Berlin is nine in UTC.
    expect(recurring).toMatchObject({ state: 'scheduled', recurrence: nights });
    expect(recurring.next_at).toBe('2026-03-03T21:00:00.000Z');
    const lasting = await make({ ends_at: undefined, until_resolved: true });
    expect(lasting).toMatchObject({ until_resolved: true, ends_at: text(NOW + 30 * DAY) });
    expect((await make({ starts_at: text(NOW + HOUR) })).state).toBe('scheduled');
  });

  it('is listed while it has not ended, newest first, unless another state is asked for', async () => {
    const first = await make();
    const second = await make({ starts_at: text(NOW + HOUR) });
    await post(`/v1/silences/${first.silence_id}/end`, { actor: 'ann' });
    expect(await listed('?state=open')).toEqual([[second.silence_id, 'scheduled']]);
    expect(await listed('?state=ended')).toEqual([[first.silence_id, 'ended']]);
    expect(await listed()).toHaveLength(2);
  });
});

describe('what cannot be', () => {
  it.each([
    [{ match: {} }, 'matches_everything'],
    [{ ends_at: text(NOW - HOUR) }, 'not_in_the_future'],
    [{ ends_at: undefined }, 'no_end'],
  ])('is refused for a reason: %j', async (more, reason) => {
    const body = { actor: 'ann', match: { region: 'GB' }, ends_at: text(NOW + HOUR), ...more };
    const answer = await post('/v1/silences', body);
    expect([answer.statusCode, answer.json().reason]).toEqual([409, reason]);
    expect(service.journal).toEqual([]);
  });

  it.each([
    ['a match of another form', { match: { region: { like: 'G%' } } }, 'match.region'],
    [
      'a day that is none',
      { recurrence: { days: ['noday'], from: '22:00', to: '06:00', timezone: 'UTC' } },
      'recurrence.days',
    ],
    [
      'a zone that is none',
      { recurrence: { days: ['mon'], from: '22:00', to: '06:00', timezone: 'Mars/Base' } },
      'recurrence.timezone',
    ],
    ['nobody', { actor: '' }, 'actor'],
  ])('is said at its field: %s', async (_what, more, field) => {
    const answer = await post('/v1/silences', {
      ...{ actor: 'ann', match: { region: 'GB' }, ends_at: text(NOW + HOUR), ...more },
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error.message).toContain(field);
  });

  it('is decided on what somebody has edited meanwhile, or on what is over or unknown', async () => {
    const { silence_id, version } = await make();
    const path = `/v1/silences/${silence_id}`;
    await post(`${path}/edit`, { actor: 'bob', reason: 'another' });
    const late = await post(`${path}/edit`, { actor: 'ann', version, reason: 'mine' });
    expect([late.statusCode, late.json()]).toMatchObject([
      409,
      { reason: 'edited_meanwhile', silence: { reason: 'another' } },
    ]);
    await post(`${path}/end`, { actor: 'ann' });
    expect((await post(`${path}/end`, { actor: 'ann' })).json().reason).toBe('already_ended');
    expect((await post('/v1/silences/none/end', { actor: 'ann' })).statusCode).toBe(404);
    expect((await app.inject({ method: 'GET', url: '/v1/silences/none' })).statusCode).toBe(404);
  });
});
