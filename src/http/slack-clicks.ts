import type { Logger } from 'pino';
import { messageOf } from '../model/errors.js';
import { NOT_RECORDED, refusedAcknowledgement, refusedFollowUp, UNKNOWN_ALERT } from './click-words.js';
import type { ServicePorts } from './ports.js';
import type { SlackInteraction } from './slack-interaction.js';

type ClickPorts = Pick<ServicePorts, 'alerts' | 'followUps' | 'replyToClick'>;

/**
 * Turns people's clicks into commands. A click that did what it says is seen in the message itself; only one
 * that did not is answered, to that person alone.
 */
export class SlackClicks {
  readonly #ports: ClickPorts;
  readonly #log: Logger;
  readonly #running = new Set<Promise<void>>();

  constructor(ports: ClickPorts, log: Logger) {
    this.#ports = ports;
    this.#log = log;
  }

  /** Resolves when the click is dealt with. Never throws, because the one who clicked has been answered by then. */
  take(interaction: SlackInteraction): Promise<void> {
    const work = this.#deal(interaction).finally(() => this.#running.delete(work));
    this.#running.add(work);
    return work;
  }

  /** Resolves when no click is being dealt with any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #deal(interaction: SlackInteraction): Promise<void> {
    const { action, alertId, user, responseUrl } = interaction;
    let text: string | null;
    try {
      text = await (action === 'acknowledge' ? this.#acknowledge(interaction) : this.#open(interaction));
    } catch (error) {
      this.#log.error({ err: error, action, alertId, user: user.id }, 'a click could not be recorded');
      text = NOT_RECORDED;
    }
    if (text === null || responseUrl === '') return;
    try {
      await this.#ports.replyToClick(responseUrl, text);
    } catch (error) {
      this.#log.warn({ reason: messageOf(error), action, alertId }, 'a click could not be answered');
    }
  }

  async #acknowledge({ alertId, version, user }: SlackInteraction): Promise<string | null> {
    const answer = await this.#ports.alerts.act({ kind: 'acknowledge', alertId, version, actor: user.name });
    if (answer.outcome === 'done') return null;
    if (answer.outcome === 'not_found') return UNKNOWN_ALERT;
    const story = await this.#ports.alerts.story(alertId);
    const since = story.filter((entry) => entry.stream === 'alert' && entry.version > version);
    return refusedAcknowledgement(answer, since);
  }

  async #open({ alertId, user }: SlackInteraction): Promise<string | null> {
    const answer = await this.#ports.followUps.open({ alertId, actor: user.name });
    if (answer.outcome === 'done') return null;
    return answer.outcome === 'not_found' ? UNKNOWN_ALERT : refusedFollowUp(answer);
  }
}
