import type { Target } from '../model/alert.js';
import type { DeliveryReason, DeliveryRequest } from '../model/delivery.js';
import type { People } from './people.js';
import type { FollowUpReason, FollowUpRecord } from './record.js';

interface Message {
  reason: DeliveryReason;
  /** Who is addressed in person, on top of everybody who was told of the alert. */
  inPerson: 'nobody' | 'owner';
}

const CHANGED: Message = { reason: 'follow_up_changed', inPerson: 'nobody' };
const OWNER_S_TURN: Message = { reason: 'follow_up_changed', inPerson: 'owner' };

/** What people hear of each entry; null for what only the journal needs to know. */
const MESSAGES: Readonly<Record<FollowUpReason, Message | null>> = {
  opened: { reason: 'follow_up_opened', inPerson: 'nobody' },
  acknowledged: CHANGED,
  started: CHANGED,
  fix_shipped: CHANGED,
  wont_do: CHANGED,
  reopened: OWNER_S_TURN,
  assigned: OWNER_S_TURN,
  due_changed: CHANGED,
  priority_changed: CHANGED,
  noted: CHANGED,
  linked: CHANGED,
  action_set: CHANGED,
  alert_attached: CHANGED,
  still_anomalous: null,
  verifying: CHANGED,
  point_in_band: null,
  point_out_of_band: null,
  point_skipped: null,
  verified: CHANGED,
  fix_failed: OWNER_S_TURN,
  relapsed: OWNER_S_TURN,
  recurred: null,
  // What is due is gathered for each person.
  due_soon: null,
  due_today: null,
  overdue: null,
  climbed: null,
};

/** Who hears of follow-ups, beyond those who were told of their alerts. */
export interface Audience {
  people: People;
  tell: readonly Target[];
}

/** The messages that an entry asks for: one request, or none. Without an alert's audience the owner hears of everything. */
export function messagesFor(
  { alertId, followUpId, owner, version }: FollowUpRecord,
  { what, actor }: { what: FollowUpReason; actor: string },
  { people, tell }: Audience,
): readonly DeliveryRequest[] {
  const message = MESSAGES[what];
  if (message === null) return [];
  const inPerson = alertId === '' || message.inPerson === 'owner';
  return [
    {
      subject: { kind: 'follow_up', id: followUpId, version },
      reason: message.reason,
      change: { what, actor },
      alertId,
      to: [...tell, ...(inPerson ? people.targetsOf(owner) : [])],
    },
  ];
}

/** One message to a person about the follow-ups that need them; `alertId` is whose audience hears it in their place. */
export function reminderFor(
  person: string,
  day: string,
  followUps: readonly FollowUpRecord[],
  { people, tell }: Audience,
): DeliveryRequest {
  const inPerson = people.targetsOf(person);
  return {
    subject: {
      kind: 'reminder',
      id: `reminder-${person}-${day}`,
      version: 1,
      person,
      followUps: followUps.map(({ followUpId }) => followUpId),
    },
    reason: 'follow_up_reminder',
    alertId: inPerson.length > 0 ? '' : (followUps.find(({ alertId }) => alertId !== '')?.alertId ?? ''),
    to: inPerson.length > 0 ? inPerson : tell,
  };
}
