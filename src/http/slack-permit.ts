import type { Alert } from '../model/alert.js';
import type { FollowUp } from '../model/follow-up.js';
import type { ActedOn, ServicePorts } from './ports.js';
import { ownersOf } from './slack-home.js';
import type { SlackPerson } from './slack-inbound.js';

/** Why a person may not act on an alert, a follow-up or a silence, as a sentence for them; null when they may. */
export type SlackPermit = (person: SlackPerson, about: ActedOn) => Promise<string | null>;

/** Asks who may act, as the configuration says. Who cannot be looked up just now is not let in. */
export function slackPermit({ slack }: Pick<ServicePorts, 'slack'>): SlackPermit {
  return async (person, about) => {
    switch (await slack.mayAct(person.id, about)) {
      case 'yes':
        return null;
      case 'no':
        return 'Your organisation lets only some people act on this, and you are not among them. Nothing was changed.';
      case 'unknown':
        return 'Slack could not say just now whether you may act on this, so nothing was changed. Please try again in a minute.';
    }
  };
}

/** Of an alert that has told nobody yet, or is shown with another, those whom its policy tells. */
export function actedOnAlert({ owner, escalation }: Pick<Alert, 'owner' | 'escalation'>): ActedOn {
  const { told, policy } = escalation;
  return { owner, told: told.length > 0 ? told : policy.steps.flatMap(({ targets }) => targets) };
}

/** Who may act on a follow-up are those who may act on its alert, its own owner, and whoever hears of follow-ups. */
export function actedOnFollowUp(
  { alertId, owner }: FollowUp,
  { alerts, slack }: Pick<ServicePorts, 'alerts' | 'slack'>,
): ActedOn {
  const alert = alerts.get(alertId);
  const inPerson = slack.owners
    .filter((one) => one.id === owner && one.slack !== '')
    .map((one) => `slack:${one.slack}`);
  const told = alert === undefined ? [] : actedOnAlert(alert).told;
  return { owner, told: [...told, ...slack.toldOfFollowUps, ...inPerson] };
}

/** A silence is of no one alert, so that whoever owns something counts as an owner, and whoever is told of any as told. */
export function actedOnSilences(person: SlackPerson, { slack }: Pick<ServicePorts, 'slack'>): ActedOn {
  const [owner = ''] = ownersOf(person.id, { slack });
  return { owner, told: slack.toldOfAlerts };
}
