import { pino } from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { slackInbox } from '../../src/http/slack.js';
import { RedressError } from '../../src/model/errors.js';
import { SLACK_ACTION } from '../../src/notify/slack-actions.js';
import { followUpTurnForm } from '../../src/notify/slack-follow-up-forms.js';
import { formView } from '../../src/notify/slack-form.js';
import { followUpOf } from './fake-service.js';
import { slackWorkspace } from './slack-workspace.js';

const workspace = slackWorkspace();

describe('a follow-up is opened by a form', () => {
  const openForm = () =>
    workspace.send(workspace.slack.people.click(SLACK_ACTION.followUp, workspace.message()));

  it('that comes up filled in with what the alert tells', async () => {
    expect(await openForm()).toEqual({ status: 200, body: null });
    const modal = workspace.slack.store.modals.at(-1);
    expect(modal?.title?.text).toBe('Open a follow-up');
    const filled = workspace.slack.people.submit({}).payload as { view: { state: { values: unknown } } };
    expect(filled.view.state.values).toMatchObject({
      title: { value: { value: 'Disputes per delivered order, region GB' } },
      owner: { value: { selected_option: { value: 'after-sales-gb' } } },
      priority: { value: { selected_option: { value: 'high' } } },
      due: { value: { selected_date: null } },
      note: { value: { value: null } },
    });
  });

  it('that proposes to prove the fix where most of it comes from, where the metric can', async () => {
    workspace.service.cause = 'category=toys,region=GB,scenario=late';
    await openForm();
    const about = () => workspace.slack.people.submit({}).payload as { view: { state: { values: unknown } } };
    expect(about().view.state.values).toMatchObject({
      title: { value: { value: expect.stringContaining('scenario late') } },
      about: { value: { selected_option: { value: 'cause' } } },
    });
    const [alert] = workspace.service.knownAlerts;
    await workspace.send(workspace.slack.people.submit({ about: 'alert' }));
    expect(workspace.service.opened.at(-1)).toMatchObject({ slice: alert?.slice });
  });

  it('and gets what the person has written, with the due day ending where the owner lives', async () => {
    await openForm();
    const answer = await workspace.send(
      workspace.slack.people.submit({
        title: ' Fewer wrong toys ',
        priority: 'urgent',
        due: '2026-07-01',
        note: 'a\nb',
      }),
    );
    expect(answer).toEqual({ status: 200, body: null });
    expect(workspace.service.opened).toEqual([
      {
        alertId: 'alert-1',
        title: 'Fewer wrong toys',
        owner: 'after-sales-gb',
        priority: 'urgent',
        // 17:00 in London's summer.
        dueAt: Date.UTC(2026, 6, 1, 16),
        note: 'a\nb',
        actor: 'ann',
      },
    ]);
  });

  it('stays open and says at the field what is wrong with it', async () => {
    await openForm();
    expect((await workspace.send(workspace.slack.people.submit({ title: '  ' }))).body).toEqual({
      response_action: 'errors',
      errors: { title: 'Say what is to be improved.' },
    });
    expect((await workspace.send(workspace.slack.people.submit({ due: '2026-02-15' }))).body).toEqual({
      response_action: 'errors',
      errors: { due: 'That day has passed already.' },
    });
    workspace.service.followUps.open = async () => ({
      outcome: 'refused',
      reason: 'unknown_owner',
      followUp: null,
    });
    expect((await workspace.send(workspace.slack.people.submit({}))).body).toMatchObject({
      errors: { owner: 'there is no such owner in the configuration.' },
    });
  });

  it('shows in its place that somebody else was quicker', async () => {
    await openForm();
    workspace.service.followUps.open = async () => ({
      outcome: 'refused',
      reason: 'already_open',
      followUp: followUpOf(),
    });
    expect((await workspace.send(workspace.slack.people.submit({}))).body).toMatchObject({
      response_action: 'update',
      view: { blocks: [{ text: { text: expect.stringMatching(/^There is an open follow-up already/) } }] },
    });
  });

  it('asks again whether its sender may act when it is sent', async () => {
    await openForm();
    workspace.service.slack.mayAct = async () => 'no';
    expect(
      (await workspace.send(workspace.slack.people.submit({ title: 'Fewer wrong toys' }))).body,
    ).toMatchObject({
      response_action: 'update',
      view: { blocks: [{ text: { text: expect.stringMatching(/lets only some people act on this/) } }] },
    });
    expect(workspace.service.opened).toEqual([]);
  });

  it('does not open for a trigger that is older than three seconds', async () => {
    const deed = workspace.slack.people.click(SLACK_ACTION.followUp, workspace.message());
    const modals = workspace.slack.store.modals.length;
    workspace.clock.advanceTo(workspace.clock.now() + 3_001);
    await workspace.send(deed);
    expect(workspace.slack.store.modals).toHaveLength(modals);
    expect(workspace.service.replies).toEqual([
      { responseUrl: expect.anything(), text: expect.stringMatching(/again/) },
    ]);
  });

  it('tells whoever sent it, in our own conversation, when it failed after Slack had to be answered', async () => {
    await openForm();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      let fail = () => {};
      const slow = new Promise<void>((resolve) => {
        fail = resolve;
      });
      workspace.service.followUps.open = async () => {
        await slow;
        throw new RedressError('store_unavailable', 'no store', { retryable: true });
      };
      const inbox = slackInbox(workspace.service, workspace.clock, pino({ level: 'silent' }));
      const taken = inbox.take('interaction', workspace.slack.people.submit({}).payload);
      await vi.advanceTimersByTimeAsync(2_001);
      expect(await taken).toEqual({ outcome: 'taken', body: null });
      fail();
      await inbox.settled();
    } finally {
      vi.useRealTimers();
    }
    expect(workspace.service.whispers).toEqual([
      { person: 'U0ANN', text: expect.stringMatching(/could not be recorded/) },
    ]);
  });
});

it('a turn of a follow-up by a form is refused to whoever may not act any more when they send it', async () => {
  const followUp = followUpOf({ state: 'in_progress' });
  workspace.service.knownFollowUps = [followUp];
  const form = formView(followUpTurnForm('note', followUp, workspace.service.slack.owners));
  await workspace.service.slack.openModal(workspace.slack.people.trigger(), form);
  workspace.service.slack.mayAct = async () => 'no';
  expect(
    (await workspace.send(workspace.slack.people.submit({ text: 'Called the carrier' }))).body,
  ).toMatchObject({
    response_action: 'update',
    view: { blocks: [{ text: { text: expect.stringMatching(/lets only some people act on this/) } }] },
  });
  expect(workspace.service.followUpCommands).toEqual([]);
  workspace.service.slack.mayAct = async () => 'yes';
  expect(await workspace.send(workspace.slack.people.submit({ text: 'Called the carrier' }))).toEqual({
    status: 200,
    body: null,
  });
  expect(workspace.service.followUpCommands).toMatchObject([
    { kind: 'note', text: 'Called the carrier', actor: 'ann' },
  ]);
});
