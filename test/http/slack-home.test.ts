import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../src/model/clock.js';
import { SLACK_ACTION } from '../../src/notify/slack-actions.js';
import { NOON } from '../notify/fixtures.js';
import type { Person } from '../slack/people.js';
import { alertOf, followUpOf } from './fake-service.js';
import { slackWorkspace } from './slack-workspace.js';

const OWNER: Person = { id: 'U0OWNER', name: 'olive' };
const workspace = slackWorkspace();

describe('a person’s App Home', () => {
  const home = async (person: Person) => {
    expect((await workspace.send(workspace.slack.people.openHome(person))).status).toBe(200);
    return JSON.stringify(workspace.slack.store.homes.get(person.id)?.blocks);
  };

  it('has their open alerts and follow-ups, and how many others there are', async () => {
    workspace.service.knownAlerts = [alertOf(), alertOf({ alertId: 'alert-2', owner: 'somebody' })];
    workspace.service.knownFollowUps = [
      followUpOf({ title: 'Mine', owner: 'after-sales-gb', dueAt: NOON + DAY }),
      followUpOf({ title: 'Closed', owner: 'after-sales-gb', closedAt: NOON }),
    ];
    const text = await home(OWNER);
    expect(text).toContain('alert-1');
    expect(text).not.toContain('alert-2');
    expect(text).toContain('Mine: open');
    expect(text).not.toContain('Closed');
    expect(text).toContain('One other alert is open');
    expect(await home({ id: 'U0ANN', name: 'ann' })).toContain('None of the open alerts is yours');
  });

  it('has what a person works on, whoever owns it, for as long as they do', async () => {
    const ann = { id: 'U0ANN', name: 'ann' };
    const taken = { owner: 'somebody', acknowledgedBy: 'ann', acknowledgedById: ann.id };
    workspace.service.knownAlerts = [alertOf({ ...taken, state: 'acknowledged' })];
    expect(await home(ann)).toContain('alert-1');
    expect(
      JSON.stringify((await workspace.send(workspace.slack.people.type('list mine', ann))).body),
    ).toContain('alert-1');
    expect(await home({ id: 'U0BOB', name: 'ann' })).toContain('None of the open alerts is yours');
    workspace.service.knownAlerts = [alertOf({ ...taken, state: 'firing' })];
    expect(await home(ann)).toContain('None of the open alerts is yours');
  });

  it('has buttons that do what they do in a channel', async () => {
    workspace.service.knownAlerts = [alertOf({ startedAt: NOON - HOUR })];
    await home(OWNER);
    await workspace.send(workspace.slack.people.clickAtHome(SLACK_ACTION.acknowledge, OWNER));
    expect(workspace.service.alertCommands).toMatchObject([
      { kind: 'acknowledge', alertId: 'alert-1', actor: 'olive' },
    ]);
  });
});
