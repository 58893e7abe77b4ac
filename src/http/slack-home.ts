import type { Alert } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import { homeView } from '../notify/slack-views.js';
import type { ServicePorts } from './ports.js';

type Ports = Pick<ServicePorts, 'alerts' | 'followUps' | 'slack'>;

/** Shows a person's App Home: what is theirs, by the owners' Slack ids. */
export async function showHome(personId: string, ports: Ports, now: Instant): Promise<void> {
  const mine = new Set(ports.slack.owners.filter(({ slack }) => slack === personId).map(({ id }) => id));
  const open = openAlerts(ports);
  const alerts = open.filter(({ owner }) => mine.has(owner));
  const followUps = ports.followUps
    .list()
    .filter(({ owner, closedAt }) => closedAt === null && mine.has(owner))
    .sort((a, b) => a.dueAt - b.dueAt);
  const { displayOf } = ports.slack;
  const view = homeView({ alerts, followUps, now, displayOf }, open.length - alerts.length);
  await ports.slack.publishHome(personId, view);
}

/** The alerts that are not over, the gravest and then the newest first. */
export function openAlerts({ alerts }: Pick<Ports, 'alerts'>): Alert[] {
  return alerts
    .list()
    .filter(({ state }) => state === 'firing' || state === 'acknowledged')
    .sort((a, b) => GRAVITY[b.severity] - GRAVITY[a.severity] || b.startedAt - a.startedAt);
}

const GRAVITY = { info: 0, warning: 1, critical: 2 } as const;
