import type { Alert } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import { homeView } from '../notify/slack-views.js';
import type { ServicePorts } from './ports.js';

type Ports = Pick<ServicePorts, 'alerts' | 'followUps' | 'slack'>;

/** Shows a person's App Home: their open alerts, their open follow-ups, and how many other alerts are open. */
export async function showHome(personId: string, ports: Ports, now: Instant): Promise<void> {
  const mine = ownersOf(personId, ports);
  const alerts = openAlertsOf(personId, ports);
  const others = openAlerts(ports).length - alerts.length;
  const followUps = ports.followUps
    .list()
    .filter(({ owner, closedAt }) => closedAt === null && mine.has(owner))
    .sort((a, b) => a.dueAt - b.dueAt);
  const { displayOf } = ports.slack;
  await ports.slack.publishHome(personId, homeView({ alerts, followUps, now, displayOf }, others));
}

/** The owners that a person is, by their Slack ids. */
export function ownersOf(personId: string, { slack }: Pick<Ports, 'slack'>): ReadonlySet<string> {
  return new Set(slack.owners.filter((owner) => owner.slack === personId).map(({ id }) => id));
}

/** The open alerts that a person owns, or has acknowledged in Slack. */
export function openAlertsOf(personId: string, ports: Pick<Ports, 'alerts' | 'slack'>): Alert[] {
  const mine = ownersOf(personId, ports);
  return openAlerts(ports).filter(
    ({ owner, state, acknowledgedById }) =>
      mine.has(owner) || (state === 'acknowledged' && acknowledgedById === personId),
  );
}

/** The alerts that are not over, the gravest and then the newest first. */
export function openAlerts({ alerts }: Pick<Ports, 'alerts'>): Alert[] {
  return alerts
    .list()
    .filter(({ state }) => state === 'firing' || state === 'acknowledged')
    .sort((a, b) => GRAVITY[b.severity] - GRAVITY[a.severity] || b.startedAt - a.startedAt);
}

const GRAVITY = { info: 0, warning: 1, critical: 2 } as const;
