import type { Alert } from '../model/alert.js';
import type { Clock } from '../model/clock.js';
import { slackText } from '../notify/slack-text.js';
import { alertList, followUpList } from '../notify/slack-views.js';
import { alertName } from './click-words.js';
import type { ServicePorts } from './ports.js';
import { askOfAlert } from './slack-alert-actions.js';
import { openAlerts, openAlertsOf, ownersOf } from './slack-home.js';
import type { SlackCommand, SlackReply } from './slack-inbound.js';
import type { SlackPermit } from './slack-permit.js';
import { SILENCE_HELP, silenceByCommand } from './slack-silence.js';

type Ports = Pick<ServicePorts, 'alerts' | 'followUps' | 'silences' | 'slack'>;

const HELP = [
  '*What `/redress` can do*',
  '• `/redress list`: the open alerts; `list mine`: those that you own or work on; `list all`: also the newest that are over',
  '• `/redress show ALERT`: one alert with all that is known of it',
  '• `/redress ack ALERT`: acknowledge it, so that nobody else is called',
  '• `/redress follow-ups`: your follow-ups; `follow-ups all`: everybody’s that are open',
  SILENCE_HELP,
  '• `/redress help`: this',
  'An ALERT is an alert’s id, or a part of it that no other open alert has.',
].join('\n');

/** Carries out what somebody has typed behind `/redress`. The answer is for them alone. */
export function slashCommand(
  ports: Ports,
  permit: SlackPermit,
  clock: Clock,
): (command: SlackCommand) => Promise<SlackReply> {
  return async ({ text, person }) => {
    const [word = '', ...rest] = text.split(/\s+/);
    const argument = rest.join(' ');
    switch (word.toLowerCase()) {
      case '':
      case 'list':
        return list(argument, person.id);
      case 'show': {
        const alert = find(argument);
        return typeof alert === 'string' ? alert : ports.slack.show(alert);
      }
      case 'ack': {
        const alert = find(argument);
        if (typeof alert === 'string') return alert;
        const { alertId } = alert;
        const refused = await askOfAlert(ports, permit, { kind: 'acknowledge', alertId }, person);
        return refused ?? `You have acknowledged ${alertName(alert)}; nobody else is called for now.`;
      }
      case 'follow-ups':
        return followUpsOf(argument === 'all' ? null : person.id);
      case 'silence':
        return silenceByCommand(argument, { ports, permit, clock }, person);
      case 'help':
        return HELP;
      default:
        return `I do not know \`${slackText(word, 50).replaceAll('`', '')}\`.\n${HELP}`;
    }
  };

  /** Somebody's open follow-ups, or with null everybody's, the soonest due first. */
  function followUpsOf(personId: string | null): SlackReply {
    const mine = personId === null ? null : ownersOf(personId, ports);
    const followUps = ports.followUps
      .list()
      .filter(({ closedAt, owner }) => closedAt === null && (mine === null || mine.has(owner)))
      .sort((a, b) => a.dueAt - b.dueAt);
    const title = personId === null ? 'Open follow-ups' : 'My follow-ups';
    return followUpList(title, { followUps, now: clock.now(), displayOf: ports.slack.displayOf });
  }

  function list(which: string, personId: string): SlackReply {
    const shown = (title: string, alerts: readonly Alert[]) =>
      alertList(title, {
        alerts,
        followUps: ports.followUps.list().filter(({ closedAt }) => closedAt === null),
        now: clock.now(),
        displayOf: ports.slack.displayOf,
      });
    const open = openAlerts(ports);
    if (which === '') return shown('Open alerts', open);
    if (which === 'mine') return shown('My open alerts', openAlertsOf(personId, ports));
    if (which === 'all') {
      const over = ports.alerts
        .list()
        .filter(({ state, openedAt }) => state === 'resolved' && openedAt !== null)
        .sort((a, b) => (b.resolvedAt ?? 0) - (a.resolvedAt ?? 0));
      return shown('Alerts', [...open, ...over]);
    }
    return HELP;
  }

  /** The alert that is meant, or what to say instead. */
  function find(argument: string): Alert | string {
    const named = argument.replaceAll('`', '').trim();
    if (named === '') return `Which alert? \`/redress list\` shows them with their ids.`;
    const exact = ports.alerts.get(named);
    if (exact !== undefined) return exact;
    const alike = openAlerts(ports).filter(({ alertId }) => alertId.includes(named));
    const [only] = alike;
    if (only === undefined) return 'There is no open alert of that id. `/redress list` shows them.';
    if (alike.length > 1)
      return `${alike.length} open alerts have that in their ids; please give more of it.`;
    return only;
  }
}
