import { afterAll, beforeAll, beforeEach } from 'vitest';
import { SimulatedClock } from '../../src/model/clock.js';
import { slackNotifier } from '../../src/notify/slack.js';
import { slackApi } from '../../src/notify/slack-api.js';
import { SlackConversation } from '../../src/notify/slack-conversation.js';
import { SlackRoots } from '../../src/notify/slack-roots.js';
import { CONTEXT, makeNotification, NOON } from '../notify/fixtures.js';
import type { Deed } from '../slack/people.js';
import { SlackStandIn } from '../slack/stand-in.js';
import { alertOf, application, FakeService } from './fake-service.js';

/** A Slack with one alert posted in one channel, whose people's deeds reach a service that is new in each test. */
class SlackWorkspace {
  readonly clock = new SimulatedClock(NOON);
  service = new FakeService();
  #slack: SlackStandIn | undefined;

  get slack(): SlackStandIn {
    if (this.#slack === undefined) throw new Error('Slack has not started');
    return this.#slack;
  }

  async start(): Promise<void> {
    this.#slack = await SlackStandIn.start({ now: () => this.clock.now() });
    this.slack.addChannel({ id: 'C0DISPUTES', name: 'disputes' });
    const api = this.#api();
    const notifier = slackNotifier({ api, context: CONTEXT, roots: new SlackRoots(api) });
    await notifier.send('slack:#disputes', makeNotification({ alert: alertOf() }));
  }

  renewService(): void {
    this.service = new FakeService();
    this.service.knownFollowUps = [];
    const conversation = new SlackConversation(this.#api());
    this.service.slack.openModal = (trigger, view) => conversation.openModal(trigger, view);
    this.service.slack.publishHome = (person, view) => conversation.publishHome(person, view);
  }

  /** What a person does comes over HTTP; what goes back to Slack is answered. */
  async send({ path, body, headers }: Deed) {
    const app = application(this.service, {
      clock: this.clock,
      signingSecrets: [this.slack.signingSecret],
    });
    const answer = await app.inject({ method: 'POST', url: path, headers, payload: body });
    const said = answer.body === '' ? null : answer.json();
    if (answer.statusCode === 200) this.slack.take(said);
    return { status: answer.statusCode, body: said };
  }

  message() {
    const [posted] = this.slack.channel('disputes').messages;
    if (posted === undefined) throw new Error('nothing was posted');
    return posted;
  }

  #api() {
    return slackApi({ token: this.slack.token, apiUrl: this.slack.apiUrl });
  }
}

/** One for all tests of a file. */
export function slackWorkspace(): SlackWorkspace {
  const workspace = new SlackWorkspace();
  beforeAll(() => workspace.start());
  beforeEach(() => workspace.renewService());
  afterAll(() => workspace.slack.stop());
  return workspace;
}
