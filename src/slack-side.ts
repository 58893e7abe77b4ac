import type { Logger } from 'pino';
import { alertView } from './alert-view.js';
import type { Redress } from './app.js';
import type { Configuration } from './config/configuration.js';
import { displayFor } from './display.js';
import type { SlackPorts } from './http/ports.js';
import { replyInSlack } from './http/slack-reply.js';
import type { Clock, Instant } from './model/clock.js';
import { shownAlert } from './notify/alert-message.js';
import type { MessageContext } from './notify/alert-words.js';
import { type SlackNotifier, slackNotifier } from './notify/slack.js';
import { slackApi } from './notify/slack-api.js';
import { SlackConversation } from './notify/slack-conversation.js';
import { SlackPeople } from './notify/slack-people.js';
import { SlackRoots } from './notify/slack-roots.js';
import { SlackRefresh } from './slack-refresh.js';

/** Everything of the service that has to do with Slack. */
export class SlackSide {
  /** Null without a token. */
  readonly notifier: SlackNotifier | null;
  readonly ports: SlackPorts;
  readonly #refresh: SlackRefresh | null;

  constructor(parts: {
    configuration: Configuration;
    clock: Clock;
    log: Logger;
    /** What is decided now; throws while nothing is known. */
    known(): Redress;
  }) {
    const { configuration, clock, known } = parts;
    const { owners, service } = configuration;
    const settings = service.slack ?? { token: '', apiUrl: 'https://slack.com/api/', mayAct: [] };
    const api = slackApi(settings);
    const context: MessageContext = { owners, dashboardsUrl: service.dashboardsUrl };
    this.notifier =
      service.slack === null ? null : slackNotifier({ api, context, roots: new SlackRoots(api) });
    this.#refresh = this.notifier === null ? null : new SlackRefresh(this.notifier);
    const conversation = new SlackConversation(api);
    const people = new SlackPeople({ api, rules: settings.mayAct, owners, clock });
    this.ports = {
      owners,
      displayOf: (metric) => displayFor(configuration, metric),
      show: (alert) => shownAlert(alertView(alert, known()), context, ''),
      mayAct: (personId, about, channel) => people.mayAct(personId, about, channel),
      reply: replyInSlack,
      tell: (personId, text) => conversation.tell(personId, text),
      openModal: (triggerId, view) => conversation.openModal(triggerId, view),
      publishHome: (personId, view) => conversation.publishHome(personId, view),
    };
  }

  /** Brings alerts' messages up to date; called when what was due has been delivered. */
  async refresh(redress: Redress, now: Instant): Promise<void> {
    await this.#refresh?.round(redress, now);
  }
}
