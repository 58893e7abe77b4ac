import { RedressError } from '../model/errors.js';
import type { WebClient } from './slack-api.js';
import { ask, type NotDone } from './slack-api.js';
import type { HomeView, ModalView } from './slack-blocks.js';

/** What is said to one person in Slack, beside the messages about alerts. Each throws a retryable `target_unavailable`. */
export class SlackConversation {
  readonly #api: WebClient;

  constructor(api: WebClient) {
    this.#api = api;
  }

  /** Has to come within three seconds of what the person did. */
  async openModal(triggerId: string, view: ModalView): Promise<void> {
    await this.#done('open a form', () => this.#api.views.open({ trigger_id: triggerId, view }));
  }

  async publishHome(personId: string, view: HomeView): Promise<void> {
    await this.#done('show a home', () => this.#api.views.publish({ user_id: personId, view }));
  }

  /** In our own conversation with the person, which Slack finds by the person's id. */
  async tell(personId: string, text: string): Promise<void> {
    await this.#done('tell a person', () =>
      this.#api.chat.postMessage({ channel: personId, text, unfurl_links: false, unfurl_media: false }),
    );
  }

  async #done(what: string, call: () => Promise<unknown>): Promise<void> {
    const answer = await ask(call);
    if (!answer.ok) throw unavailable(what, answer.outcome);
  }
}

function unavailable(what: string, { reason }: NotDone): RedressError {
  return new RedressError('target_unavailable', `Slack did not let us ${what}: ${reason}`, {
    retryable: true,
  });
}
