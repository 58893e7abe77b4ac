import type { AlertRefusal } from '../alerts/command.js';

/** Why a command on an alert was refused, as a clause for people. */
export const ALERT_REFUSALS: Readonly<Record<AlertRefusal, string>> = {
  not_firing: 'the alert has not fired',
  already_acknowledged: 'the alert is acknowledged already',
  already_resolved: 'the alert is resolved already',
  already_the_owner: 'the alert is with that owner already',
  state_changed: 'the alert has changed since the version that you saw',
  unknown_owner: 'no owner of that name is in owners.yaml',
  not_in_the_future: 'that time has passed already',
};
