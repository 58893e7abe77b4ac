import { afterEach, beforeEach, expect, test } from 'vitest';
import { MINUTE, SimulatedClock } from '../../src/model/clock.js';
import { slackApi } from '../../src/notify/slack-api.js';
import { SlackPeople } from '../../src/notify/slack-people.js';
import { SlackStandIn } from '../slack/stand-in.js';
import { NOON } from './fixtures.js';

let slack: SlackStandIn;
let clock: SimulatedClock;

beforeEach(async () => {
  slack = await SlackStandIn.start();
  clock = new SimulatedClock(NOON);
  slack.addChannel({ id: 'C0DISPUTES', name: 'disputes', users: ['U0MEMBER'] });
  slack.addChannel({ id: 'C0OTHER', name: 'other', users: ['U0OTHER'] });
  slack.addChannel({ id: 'C0RANDOM', name: 'random', users: ['U0RANDOM'] });
  slack.store.groups.set('S0ONCALL', ['U0GROUP']);
});
afterEach(() => slack.stop());

const owner = (id: string, person: string, lead: string) => ({
  ...{ id, name: id, slack: person, timezone: 'UTC', lead },
});

function people(...rules: string[]): SlackPeople {
  return new SlackPeople({
    api: slackApi({ token: slack.token, apiUrl: slack.apiUrl }),
    rules,
    owners: [
      owner('after-sales-gb', 'U0OWNER', 'boss'),
      owner('boss', 'U0BOSS', ''),
      owner('stranger', 'U0STRANGER', ''),
    ],
    clock,
  });
}

const alert = {
  owner: 'after-sales-gb',
  told: ['console', 'slack:#disputes', 'slack:C0OTHER', 'slack:U0DIRECT', 'webhook:hook'],
};

test.each([
  [['anyone'], 'U0ANN', 'yes'],
  [['U0ANN'], 'U0ANN', 'yes'],
  [['U0BOB'], 'U0ANN', 'no'],
  [['owners'], 'U0OWNER', 'yes'],
  [['owners'], 'U0BOSS', 'yes'],
  [['owners'], 'U0STRANGER', 'no'],
  [['owners'], 'U0DIRECT', 'no'],
  [['S0ONCALL'], 'U0GROUP', 'yes'],
  [['S0ONCALL'], 'U0MEMBER', 'no'],
  [['channel_members'], 'U0MEMBER', 'yes'],
  [['channel_members'], 'U0OTHER', 'yes'],
  [['channel_members'], 'U0DIRECT', 'yes'],
  // There is another channel that they are in, and that nobody was told in.
  [['channel_members'], 'U0RANDOM', 'no'],
  [['owners', 'S0ONCALL'], 'U0GROUP', 'yes'],
] as const)('%j lets %s act: %s', async (rules, person, may) => {
  expect(await people(...rules).mayAct(person, alert)).toBe(may);
});

test('who belongs is asked once in a while, and remembered while Slack gives no answer', async () => {
  const asked = people('S0ONCALL');
  expect(await asked.mayAct('U0GROUP', alert)).toBe('yes');
  await asked.mayAct('U0GROUP', alert);
  expect(slack.calls).toEqual(['usergroups.users.list']);
  clock.advanceTo(NOON + 6 * MINUTE);
  slack.failNext('usergroups.users.list', { kind: 'status', status: 503 });
  expect(await asked.mayAct('U0GROUP', alert)).toBe('yes');
  slack.store.groups.set('S0ONCALL', []);
  expect(await asked.mayAct('U0GROUP', alert)).toBe('no');
});

test('nobody is let in because Slack could not be asked', async () => {
  slack.failNext('usergroups.users.list', { kind: 'disconnect', carriedOut: false });
  expect(await people('S0ONCALL').mayAct('U0GROUP', alert)).toBe('unknown');
});
