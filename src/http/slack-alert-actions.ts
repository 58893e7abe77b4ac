import type { AlertAction } from '../alerts/command.js';
import type { Alert } from '../model/alert.js';
import { type Clock, HOUR, type Instant } from '../model/clock.js';
import type { Owner } from '../model/owner.js';
import { FEEDBACK, SLACK_ACTION } from '../notify/slack-actions.js';
import { tomorrowMorning } from '../notify/wording.js';
import { refusedCommand, UNKNOWN_ALERT } from './click-words.js';
import type { ServicePorts } from './ports.js';
import type { SlackAction, SlackPerson, SlackReply } from './slack-inbound.js';
import { actedOnAlert, type SlackPermit } from './slack-permit.js';

type Ports = Pick<ServicePorts, 'alerts' | 'slack'>;

/** The buttons of an alert. One that did what it says is seen in the message itself; only one that did not is answered. */
export function alertActions(ports: Ports, permit: SlackPermit, clock: Clock): readonly SlackAction[] {
  const button = (id: string, command: (value: string, alert: Alert) => AlertAction | null): SlackAction => ({
    id,
    async take({ subject, value, person }) {
      const alert = ports.alerts.get(subject.id);
      if (alert === undefined) return UNKNOWN_ALERT;
      const asked = command(value, alert);
      return asked === null
        ? null
        : askOfAlert(ports, permit, { ...asked, alertId: subject.id, version: subject.version }, person);
    },
  });
  return [
    button(SLACK_ACTION.acknowledge, () => ({ kind: 'acknowledge' })),
    button(SLACK_ACTION.resolve, () => ({ kind: 'resolve' })),
    button(SLACK_ACTION.snooze, (value, alert) => {
      const until = snoozeEnd(value, clock.now(), zoneOf(alert, ports.slack.owners));
      return until === null ? null : { kind: 'snooze', until };
    }),
    button(SLACK_ACTION.feedback, (value) => {
      const said = FEEDBACK.find((one) => one.value === value);
      return said === undefined ? null : { kind: 'feedback', verdict: said.value };
    }),
  ];
}

/** When a choice of the snooze menu ends; null for one that is not in it. */
function snoozeEnd(value: string, now: Instant, timezone: string): Instant | 'resolved' | null {
  switch (value) {
    case '1h':
      return now + HOUR;
    case '4h':
      return now + 4 * HOUR;
    case 'morning':
      return tomorrowMorning(now, timezone);
    case 'resolved':
      return 'resolved';
    default:
      return null;
  }
}

/** The morning that counts is that of whoever has to look at it. */
function zoneOf(alert: Alert, owners: readonly Owner[]): string {
  return owners.find(({ id }) => id === alert.owner)?.timezone ?? 'UTC';
}

/** Carries out what a person asks of an alert; answers what they are told when it was not done, null when it was. */
export async function askOfAlert(
  ports: Pick<ServicePorts, 'alerts'>,
  permit: SlackPermit,
  asked: AlertAction & { alertId: string; version?: number },
  person: SlackPerson,
): Promise<SlackReply> {
  const alert = ports.alerts.get(asked.alertId);
  if (alert === undefined) return UNKNOWN_ALERT;
  const refusal = await permit(person, actedOnAlert(alert));
  if (refusal !== null) return refusal;
  const acted = asked.kind === 'acknowledge' ? { ...asked, personId: person.id } : asked;
  const answer = await ports.alerts.act({ ...acted, actor: person.name });
  if (answer.outcome === 'done') return null;
  if (answer.outcome === 'not_found') return UNKNOWN_ALERT;
  const story = await ports.alerts.story(asked.alertId);
  const since = story.filter(
    (entry) => entry.stream === 'alert' && asked.version !== undefined && entry.version > asked.version,
  );
  return refusedCommand(answer, since);
}
