import { describe, expect, test } from 'vitest';
import { Directory } from '../../src/alerts/directory.js';
import type { Owner } from '../../src/model/owner.js';
import type { Schedule } from '../../src/model/schedule.js';

const person = (id: string, slack: string, lead = ''): Owner => ({
  id,
  name: id,
  slack,
  lead,
  timezone: 'UTC',
});
const rota: Schedule = {
  ...{ id: 'rota', timezone: 'UTC', rotation: ['bob', 'nemo'], startsOn: '2026-03-02', turnDays: 1 },
  ...{ handOver: 0, hours: null, overrides: [] },
};
const directory = new Directory(
  [person('ann', 'U0ANN', 'bob'), person('bob', 'U0BOB'), person('nemo', '')],
  [rota],
);
const MONDAY = Date.UTC(2026, 2, 2, 12);
const TUESDAY = Date.UTC(2026, 2, 3, 12);

describe('whom a step reaches', () => {
  test.each([
    [
      'channels and programs as they are',
      ['slack:#a', 'webhook:b', 'console'],
      'ann',
      MONDAY,
      ['slack:#a', 'webhook:b', 'console'],
    ],
    [
      'the owner and the owner’s lead',
      ['owner', 'owner_lead'],
      'ann',
      MONDAY,
      ['slack:U0ANN', 'slack:U0BOB'],
    ],
    ['nobody for an owner without a lead', ['owner_lead'], 'bob', MONDAY, []],
    ['nobody for an owner who has no address', ['owner'], 'nemo', MONDAY, []],
    ['nobody for an alert that nobody owns', ['owner', 'owner_lead'], '', MONDAY, []],
    ['whoever is on call', ['schedule:rota'], 'ann', MONDAY, ['slack:U0BOB']],
    ['nobody while whoever is on call has no address', ['schedule:rota'], 'ann', TUESDAY, []],
    ['nobody of a rota that is not there any more', ['schedule:gone'], 'ann', MONDAY, []],
    [
      'somebody who is meant twice once',
      ['owner_lead', 'schedule:rota', 'slack:U0BOB'],
      'ann',
      MONDAY,
      ['slack:U0BOB'],
    ],
  ])('%s', (_promise, targets, owner, now, reached) => {
    expect(directory.reach(targets, owner, now)).toEqual(reached);
  });
});
