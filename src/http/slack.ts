import type { Logger } from 'pino';
import type { Clock } from '../model/clock.js';
import type { ServicePorts } from './ports.js';
import { alertActions } from './slack-alert-actions.js';
import { slashCommand } from './slack-command.js';
import { followUpAction, openFollowUpForm } from './slack-follow-up.js';
import { followUpTurnActions, followUpTurnForms } from './slack-follow-up-turns.js';
import { showHome } from './slack-home.js';
import { SlackInbox } from './slack-inbox.js';
import { slackPermit } from './slack-permit.js';

/** Everything that people can do in Slack, one line each. */
export function slackInbox(ports: ServicePorts, clock: Clock, log: Logger): SlackInbox {
  const permit = slackPermit(ports);
  return new SlackInbox({
    actions: [
      ...alertActions(ports, permit, clock),
      followUpAction(ports, permit),
      ...followUpTurnActions(ports, permit),
    ],
    forms: [openFollowUpForm(ports, permit, clock), ...followUpTurnForms(ports, permit, clock)],
    command: slashCommand(ports, permit, clock),
    homeOpened: (personId) => showHome(personId, ports, clock.now()),
    outward: ports.slack,
    log,
  });
}
