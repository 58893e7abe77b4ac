import { AlertDesk } from '../../src/alerts/desk.js';
import type { Alert, EscalationPolicy, Route } from '../../src/model/alert.js';
import type { Delivery } from '../../src/model/delivery.js';
import type { JournalEntry } from '../../src/model/journal.js';
import { afterHour, hour, POLICY, ROUTES, seen } from './fixtures.js';

/** A desk with one policy, which every alert goes by. */
export const desk = (policies: EscalationPolicy[] = [POLICY], routes: Route[] = ROUTES) =>
  new AlertDesk({ policies, routes });

/** What happened, in words: the reasons of the alerts' entries. */
export const reasons = (entries: readonly JournalEntry[]): string[] =>
  entries.filter(({ stream }) => stream === 'alert').map(({ reason }) => reason);

/** Who is told what: new deliveries as `reason → target`. */
export const told = (entries: readonly JournalEntry[]): string[] =>
  deliveries(entries)
    .filter(({ version }) => version === 1)
    .map(({ reason, target }) => `${reason} → ${target}`);

export const deliveries = (entries: readonly JournalEntry[]): Delivery[] =>
  entries.filter(({ stream }) => stream === 'delivery').map(({ body }) => body as unknown as Delivery);

/** An anomalous point of an hour, and a normal one, at the moment at which they are there. */
export const fireAt = (alerts: AlertDesk, index: number, slice = 'all'): JournalEntry[] =>
  alerts.observe(seen(hour(index), 'up', { slice }), afterHour(hour(index)));

export const calmAt = (alerts: AlertDesk, index: number, slice = 'all'): JournalEntry[] =>
  alerts.observe(seen(hour(index), 'normal', { slice }), afterHour(hour(index)));

/** The one alert that there is. Throws when there are more or none. */
export const only = (alerts: AlertDesk): Alert => {
  const [alert, ...others] = alerts.alerts();
  if (alert === undefined || others.length > 0) throw new Error('there is not exactly one alert');
  return alert;
};
