import type { Alert } from '../model/alert.js';
import { HOUR, type Instant, MINUTE } from '../model/clock.js';
import type { DeliveryReason } from '../model/delivery.js';
import type { FollowUp } from '../model/follow-up.js';
import type { Truth } from './incident.js';
import { incidentOf } from './judge-alerts.js';

/** What a simulated person will do, and when. */
export interface PlannedAct {
  at: Instant;
  kind: 'acknowledge' | 'open_follow_up' | 'start' | 'ship_fix';
  alertId: string;
  actor: string;
}

const CALLS: ReadonlySet<DeliveryReason> = new Set([
  'first_notification',
  'escalated',
  'reopened',
  'ack_timed_out',
]);

/**
 * The people on the other end of the messages. Somebody acknowledges a few minutes after being told; who finds
 * a true incident behind the alert opens one follow-up for it, and the fix is shipped when the incident is
 * truly over, which is what ended it. A fix that the metric does not bear out is improved and shipped again.
 */
export class SimulatedPeople {
  readonly #truth: readonly Truth[];
  readonly #acknowledged = new Set<string>();
  readonly #taken = new Set<string>();
  readonly #improved = new Set<string>();

  constructor(truth: readonly Truth[]) {
    this.#truth = truth;
  }

  /** Somebody reads a message; answers what they will do about it. */
  hear(
    { alert, followUp, reason }: { alert: Alert; followUp: FollowUp | null; reason: DeliveryReason },
    now: Instant,
  ): PlannedAct[] {
    const acts: PlannedAct[] = [];
    const plan = (delay: number, kind: PlannedAct['kind'], actor: string) =>
      acts.push({ at: now + delay, kind, alertId: alert.alertId, actor });
    if (
      followUp !== null &&
      hasFailed(followUp) &&
      !this.#improved.has(`${followUp.followUpId} ${followUp.note}`)
    ) {
      this.#improved.add(`${followUp.followUpId} ${followUp.note}`);
      plan(12 * HOUR, 'ship_fix', followUp.owner);
    }
    if (!CALLS.has(reason) || alert.kind !== 'metric') return acts;
    const call = `${alert.alertId} ${reason} ${now}`;
    if (!this.#acknowledged.has(call)) {
      this.#acknowledged.add(call);
      plan(6 * MINUTE, 'acknowledge', 'on-call');
    }
    const incident = incidentOf(alert, this.#truth);
    if (incident === null || this.#taken.has(incident.id)) return acts;
    this.#taken.add(incident.id);
    plan(25 * MINUTE, 'open_follow_up', 'on-call');
    plan(2 * HOUR, 'start', alert.owner);
    plan(Math.max(3 * HOUR, incident.endsAt - now), 'ship_fix', alert.owner);
    return acts;
  }
}

/** Back at work with a note: that is what the watch over the metric writes when a fix has not helped. */
function hasFailed(followUp: FollowUp): boolean {
  return followUp.state === 'in_progress' && followUp.note !== '';
}
