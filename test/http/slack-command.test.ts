import { beforeEach, describe, expect, it, vi } from 'vitest';
import { SLACK_ACTION } from '../../src/notify/slack-actions.js';
import { slackApi } from '../../src/notify/slack-api.js';
import { SlackPeople } from '../../src/notify/slack-people.js';
import { CONTEXT, NOON } from '../notify/fixtures.js';
import type { Person } from '../slack/people.js';
import { alertOf, application } from './fake-service.js';
import { slackWorkspace } from './slack-workspace.js';

const OWNER: Person = { id: 'U0OWNER', name: 'olive' };
const workspace = slackWorkspace();

describe('/redress', () => {
  const typed = async (text: string, person?: Person) => {
    const { status, body } = await workspace.send(workspace.slack.people.type(text, person));
    expect(status).toBe(200);
    expect(body.response_type).toBe('ephemeral');
    return JSON.stringify(body);
  };

  beforeEach(() => {
    workspace.service.knownAlerts = [
      alertOf(),
      alertOf({ alertId: 'alert-2', severity: 'info', state: 'acknowledged', owner: '' }),
      alertOf({ alertId: 'old-3', state: 'resolved', resolvedAt: NOON }),
    ];
  });

  it('lists the open alerts, the gravest first, with their buttons', async () => {
    const text = await typed('list');
    expect(text.indexOf('alert-1')).toBeGreaterThan(0);
    expect(text.indexOf('alert-2')).toBeGreaterThan(text.indexOf('alert-1'));
    expect(text).not.toContain('old-3');
    expect(text).toContain(SLACK_ACTION.acknowledge);
    expect(await typed('list all')).toContain('old-3');
    expect(await typed('list mine')).toContain('There are none');
    expect(await typed('list mine', OWNER)).toMatch(/alert-1(?!.*alert-2)/);
  });

  it('shows one, by any part of its id that only it has', async () => {
    expect(await typed('show rt-1')).toContain('About 38 more disputes than expected');
    expect(await typed('show old-3')).toContain('Resolved');
    expect(await typed('show alert')).toContain('2 open alerts have that in their ids');
    expect(await typed('show nothing')).toContain('There is no open alert');
    expect(await typed('show')).toContain('Which alert?');
  });

  it('acknowledges one, if the person may', async () => {
    expect(await typed('ack alert-1')).toMatch(/You have acknowledged \*.*\* \(.+\);/);
    expect(workspace.service.alertCommands).toEqual([
      { kind: 'acknowledge', alertId: 'alert-1', actor: 'ann', personId: 'U0ANN' },
    ]);
    workspace.service.slack.mayAct = async () => 'no';
    expect(await typed('ack alert-1')).toContain('lets only some people');
    expect(workspace.service.alertCommands).toHaveLength(1);
  });

  it('is answered with nothing at once where it takes long, and then privately', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      let done = () => {};
      const slow = new Promise<void>((resolve) => {
        done = resolve;
      });
      const { act } = workspace.service.alerts;
      workspace.service.alerts.act = async (command) => {
        await slow;
        return act(command);
      };
      const app = application(workspace.service, {
        clock: workspace.clock,
        signingSecrets: [workspace.slack.signingSecret],
      });
      await app.ready();
      const { path, body, headers } = workspace.slack.people.type('ack alert-1');
      const answer = app.inject({ method: 'POST', url: path, headers, payload: body });
      // The request has to reach the handler before its timer can run out.
      await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0));
      await vi.advanceTimersByTimeAsync(2_500);
      const { statusCode, body: said } = await answer;
      expect([statusCode, said, workspace.service.replies]).toEqual([200, '', []]);
      const closed = app.close();
      done();
      await closed;
    } finally {
      vi.useRealTimers();
    }
    expect(workspace.service.replies).toEqual([
      {
        responseUrl: expect.stringMatching(/\/response\/command$/),
        text: expect.stringMatching(/^You have acknowledged /),
      },
    ]);
  });

  it('asks the rules who may: the channel that a command is typed in lets nobody in', async () => {
    workspace.slack.addChannel({ id: 'C0RANDOM', name: 'random', users: ['U0RAY'] });
    workspace.slack.addChannel({ id: 'C0TOLD', name: 'told', users: ['U0TED'] });
    const api = slackApi({ token: workspace.slack.token, apiUrl: workspace.slack.apiUrl });
    const people = new SlackPeople({
      api,
      rules: ['channel_members'],
      owners: CONTEXT.owners,
      clock: workspace.clock,
    });
    workspace.service.slack.mayAct = (person, about) => people.mayAct(person, about);
    workspace.service.slack.toldOfAlerts = ['console', 'slack:#told'];
    const said = async (text: string, person: Person) =>
      JSON.stringify((await workspace.send(workspace.slack.people.type(text, person, 'C0RANDOM'))).body);
    const RAY = { id: 'U0RAY', name: 'ray' };
    const TED = { id: 'U0TED', name: 'ted' };

    const { escalation } = alertOf();
    const policy = { ...escalation.policy, steps: [{ delay: 0, targets: ['owner', 'slack:#told'] }] };
    const told = alertOf({ escalation: { ...escalation, told: ['slack:#told'] } });
    // One that another alert speaks for has told nobody itself.
    const untold = alertOf({ escalation: { ...escalation, policy, told: [] } });
    for (const alert of [told, untold]) {
      workspace.service.knownAlerts = [alert];
      expect(await said('ack alert-1', RAY)).toContain('lets only some people');
      expect(await said('ack alert-1', TED)).toContain('You have acknowledged');
    }
    expect(workspace.service.alertCommands.map(({ actor }) => actor)).toEqual(['ted', 'ted']);

    expect(await said('silence region=GB for 4h', RAY)).toContain('lets only some people');
    await said('silence region=GB for 4h', TED);
    expect(workspace.service.silenceCommands.map(({ actor }) => actor)).toEqual(['ted']);
  });

  it('helps, also with what it does not know, which is shown as it was typed and never as markup', async () => {
    expect(await typed('help')).toContain('/redress list');
    expect(await typed('<!channel> now')).toContain('&lt;!channel&gt;');
  });
});
