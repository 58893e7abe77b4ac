import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Configuration } from '../config/configuration.js';
import { chartAddress } from '../http/chart-address.js';
import type { SlackPorts } from '../http/ports.js';
import type { SlackInbox } from '../http/slack-inbox.js';
import { replyInSlack } from '../http/slack-reply.js';
import type { SlackSocket } from '../http/slack-socket.js';
import { alertPicture } from '../messages/alert-picture.js';
import { alertView } from '../messages/alert-view.js';
import { displayFor } from '../messages/display.js';
import type { Alert } from '../model/alert.js';
import { type Clock, DAY, type Instant } from '../model/clock.js';
import { shownAlert } from '../notify/alert-message.js';
import type { MessageContext } from '../notify/alert-words.js';
import { drawPicture } from '../notify/picture.js';
import { type SlackNotifier, slackNotifier } from '../notify/slack.js';
import { slackApi, type WebClient } from '../notify/slack-api.js';
import {
  linkedCharts,
  SlackCharts,
  type SlackChartsParts,
  uploadedCharts,
  uploadPicture,
} from '../notify/slack-charts.js';
import { SlackConversation } from '../notify/slack-conversation.js';
import { digestImages } from '../notify/slack-digest-image.js';
import { SlackPeople } from '../notify/slack-people.js';
import { SlackRoots } from '../notify/slack-roots.js';
import type { Redress } from '../redress.js';
import { SlackRefresh } from './slack-refresh.js';

/** Everything of the service that has to do with Slack. */
export class SlackSide {
  /** Null without a token. */
  readonly notifier: SlackNotifier | null;
  readonly ports: SlackPorts;
  readonly #refresh: SlackRefresh | null;
  readonly #charts: SlackCharts | null;
  readonly #log: Logger;
  readonly #settings: Configuration['service']['slack'];
  #round: Promise<void> | null = null;
  #socket: Promise<SlackSocket> | null = null;

  constructor(parts: {
    configuration: Configuration;
    clock: Clock;
    log: Logger;
    /** What is decided now; throws while nothing is known. */
    known(): Redress;
  }) {
    const { configuration, clock, known } = parts;
    const { owners, service } = configuration;
    this.#log = parts.log;
    this.#settings = service.slack;
    const settings = service.slack ?? OFF;
    const api = slackApi(settings);
    const context: MessageContext = { owners, dashboardsUrl: service.dashboardsUrl };
    const draw = (alert: Alert) => alertPicture(alert, known());
    const ways = waysToShow(api, configuration, clock);
    const report = (about: string, reason: string) =>
      parts.log.warn({ about, reason }, 'a chart could not be shown in Slack');
    const charts = ways === null ? null : new SlackCharts({ draw, ...ways, clock, report });
    this.#charts = charts;
    const upload = (title: string, picture: Buffer) => uploadPicture(api, (ms) => sleep(ms), title, picture);
    // A digest has no address at which the service could draw it, so that its picture is uploaded or left out.
    const digests =
      settings.charts === 'upload'
        ? { digestImage: digestImages({ draw: drawPicture, upload, report }) }
        : {};
    const roots = new SlackRoots(api);
    this.notifier =
      service.slack === null
        ? null
        : slackNotifier({ api, context, roots, ...(charts === null ? {} : { charts }), ...digests });
    this.#refresh = this.notifier === null ? null : new SlackRefresh(this.notifier, charts);
    const conversation = new SlackConversation(api);
    const people = new SlackPeople({ api, rules: settings.mayAct, owners, clock });
    this.ports = {
      owners,
      displayOf: (metric) => displayFor(configuration, metric),
      show: (alert) => shownAlert(alertView(alert, known()), context, ''),
      drawChart: draw,
      mayAct: (personId, about) => people.mayAct(personId, about),
      toldOfAlerts: configuration.policies.flatMap(({ steps }) => steps.flatMap(({ targets }) => targets)),
      toldOfFollowUps: configuration.followUps.tell,
      reply: replyInSlack,
      tell: (personId, text) => conversation.tell(personId, text),
      openModal: (triggerId, view) => conversation.openModal(triggerId, view),
      publishHome: (personId, view) => conversation.publishHome(personId, view),
    };
  }

  /**
   * Brings alerts' messages up to date; called when what was due has been delivered. Nobody's decision waits for it
   * longer than a moment: what takes Slack longer goes on behind it, and the next round begins when it is done.
   */
  async refresh(known: () => Redress | null, now: Instant): Promise<void> {
    if (this.#refresh === null) return;
    this.#round ??= this.#refresh
      .round(known, now)
      .catch((error: unknown) =>
        this.#log.error({ err: error }, 'messages in Slack could not be brought up to date'),
      )
      .finally(() => {
        this.#round = null;
      });
    const enough = new AbortController();
    const late = sleep(PATIENCE, undefined, { signal: enough.signal }).catch(() => {});
    await Promise.race([this.#round, late]);
    enough.abort();
  }

  /** Takes what people do in Slack over a socket of our own, where the configuration has the token for it. */
  listen(inbox: SlackInbox): void {
    const slack = this.#settings;
    if (slack === null || slack.appToken === '') return;
    const { appToken, apiUrl } = slack;
    // Its library is a tenth of what a start would load, and most installations have an address that Slack can reach.
    this.#socket = import('../http/slack-socket.js').then(({ openSlackSocket }) =>
      openSlackSocket({ appToken, apiUrl, inbox, log: this.#log }),
    );
    this.#socket.catch((error: unknown) =>
      this.#log.error({ err: error }, "Slack's socket could not be opened"),
    );
  }

  async hangUp(): Promise<void> {
    await (await this.#socket)?.stop();
    this.#socket = null;
  }

  /** Resolves when nothing is being drawn or edited. */
  async settled(): Promise<void> {
    await this.#round;
    await this.#charts?.settled();
  }
}

/** How long a round of edits is waited for, ms. */
const PATIENCE = 1_000;

/** Without a token nothing of Slack's is reached, and nothing from there is believed. */
const OFF = {
  token: '',
  apiUrl: 'https://slack.com/api/',
  mayAct: [],
  charts: 'none',
  signingSecrets: [],
} as const;

/** An address in a message holds for so long: whoever scrolls back further sees the words. */
const ADDRESS_HOLDS = 30 * DAY;

/** How charts get into messages, as the configuration says; null for not at all. */
function waysToShow(
  api: WebClient,
  { service }: Configuration,
  clock: Clock,
): Pick<SlackChartsParts, 'publish' | 'discard' | 'imageOf'> | null {
  const { charts, signingSecrets } = service.slack ?? OFF;
  switch (charts) {
    case 'none':
      return null;
    case 'upload':
      return uploadedCharts(api, (ms) => sleep(ms));
    case 'link': {
      const [secret = ''] = signingSecrets;
      return linkedCharts((alertId, version) =>
        chartAddress(service.http.publicUrl, secret, {
          alertId,
          version,
          expires: clock.now() + ADDRESS_HOLDS,
        }),
      );
    }
  }
}
