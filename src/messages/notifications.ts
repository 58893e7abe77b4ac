import { buildDigest } from '../followups/digest.js';
import type { Delivery } from '../model/delivery.js';
import { RedressError } from '../model/errors.js';
import type { Notification } from '../notify/contract.js';
import type { Redress } from '../redress.js';
import { alertView, ownView } from './alert-view.js';
import { displayFor } from './display.js';

/** What a delivery's message is built from, as things stand now. Throws `bug` for one about something unknown. */
export function notificationOf(
  delivery: Delivery,
  { configuration, alerts, followUps }: Pick<Redress, 'configuration' | 'alerts' | 'followUps'>,
): Notification {
  const { subject, target } = delivery;
  const rootRef = alerts.rootRef(subject, target);
  const timezoneOf = (id: string) => configuration.owners.find((it) => it.id === id)?.timezone ?? 'UTC';
  switch (subject.kind) {
    case 'alert':
    case 'group': {
      const known = { configuration, followUps, alerts };
      if (delivery.reason === 'joined_incident') {
        const alert = alerts.alert(delivery.alertId) ?? aboutNothing(delivery);
        return { kind: 'alert', delivery, ...ownView(alert, known), rootRef };
      }
      const alert = alerts.speakerOf(delivery.alertId) ?? aboutNothing(delivery);
      return { kind: 'alert', delivery, ...alertView(alert, known), rootRef };
    }
    case 'follow_up': {
      const followUp = followUps.followUp(subject.id) ?? aboutNothing(delivery);
      const { alertId, metric } = followUp;
      return {
        kind: 'follow_up',
        delivery,
        followUp,
        alert: alerts.alert(alertId) ?? null,
        display: displayFor(configuration, metric),
        rootRef,
      };
    }
    case 'reminder':
      return {
        kind: 'reminder',
        delivery,
        person: subject.person,
        timezone: timezoneOf(subject.person),
        followUps: subject.followUps.flatMap((id) => followUps.followUp(id) ?? []),
        rootRef,
      };
    case 'digest': {
      const everything = { followUps: followUps.followUps(), alerts: alerts.alerts() };
      return {
        kind: 'digest',
        delivery,
        digest: buildDigest(everything, subject),
        timezone: subject.timezone,
        displayOf: (metric) => displayFor(configuration, metric),
        rootRef,
      };
    }
  }
}

function aboutNothing({ deliveryId }: Delivery): never {
  throw new RedressError('bug', `the delivery ${deliveryId} is about nothing that is known`);
}
