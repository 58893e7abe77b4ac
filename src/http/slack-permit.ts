import type { ActedOn, ServicePorts } from './ports.js';
import type { SlackPerson } from './slack-inbound.js';

/** Why a person may not act on an alert or a follow-up, as a sentence for them; null when they may. */
export type SlackPermit = (person: SlackPerson, about: ActedOn, channel: string) => Promise<string | null>;

/** Asks who may act, as the configuration says. Who cannot be looked up just now is not let in. */
export function slackPermit({ slack }: Pick<ServicePorts, 'slack'>): SlackPermit {
  return async (person, about, channel) => {
    switch (await slack.mayAct(person.id, about, channel)) {
      case 'yes':
        return null;
      case 'no':
        return 'Your organisation lets only some people act on this, and you are not among them. Nothing was changed.';
      case 'unknown':
        return 'Slack could not say just now whether you may act on this, so nothing was changed. Please try again in a minute.';
    }
  };
}
