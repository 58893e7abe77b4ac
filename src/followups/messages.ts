import type { Target } from '../model/alert.js';
import type { DeliveryReason, DeliveryRequest } from '../model/delivery.js';
import type { Owner } from '../model/owner.js';
import type { FollowUpReason, FollowUpRecord } from './record.js';

interface Message {
  reason: DeliveryReason;
  /** Who is addressed in person, on top of everybody who was told of the alert. */
  inPerson: 'nobody' | 'owner' | 'owner_and_lead';
}

const CHANGED: Message = { reason: 'follow_up_changed', inPerson: 'nobody' };
const OWNER_S_TURN: Message = { reason: 'follow_up_changed', inPerson: 'owner' };
const REMINDER: Message = { reason: 'follow_up_reminder', inPerson: 'owner' };

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
  noted: null,
  linked: null,
  action_set: null,
  alert_attached: null,
  still_anomalous: null,
  verifying: CHANGED,
  point_in_band: null,
  point_out_of_band: null,
  point_skipped: null,
  verified: CHANGED,
  fix_failed: OWNER_S_TURN,
  relapsed: OWNER_S_TURN,
  recurred: null,
  due_soon: REMINDER,
  due_today: REMINDER,
  overdue: { reason: 'follow_up_reminder', inPerson: 'owner_and_lead' },
};

/** The messages that an entry asks for: one request, or none. `isForLead`: overdue for so long that the lead hears. */
export function messagesFor(
  followUp: FollowUpRecord,
  reason: FollowUpReason,
  owners: readonly Owner[],
  isForLead: boolean,
): readonly DeliveryRequest[] {
  const message = MESSAGES[reason];
  // Without an alert there is no thread to say it in.
  if (message === null || followUp.alertId === '') return [];
  const owner = owners.find(({ id }) => id === followUp.owner);
  const lead = owners.find(({ id }) => id === owner?.lead);
  const people = { nobody: [], owner: [owner], owner_and_lead: isForLead ? [owner, lead] : [owner] }[
    message.inPerson
  ];
  return [
    {
      alertId: followUp.alertId,
      followUpId: followUp.followUpId,
      followUpVersion: followUp.version,
      reason: message.reason,
      alsoTo: people.flatMap(targetsOf),
    },
  ];
}

/** A person is reached by a direct message, if it is known who they are there. */
function targetsOf(owner: Owner | undefined): readonly Target[] {
  return owner === undefined || owner.slack === '' ? [] : [`slack:${owner.slack}`];
}
