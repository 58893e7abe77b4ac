import type { Alert } from '../model/alert.js';
import type { Labels } from '../model/matchers.js';
import { parseSlice } from '../model/slice.js';

/** An alert, or what is known of one that is only about to be. */
export type Labelled = Pick<Alert, 'metric' | 'slice' | 'severity'> &
  Partial<Pick<Alert, 'alertId' | 'owner' | 'direction' | 'groupId'>>;

/** What an alert can be matched by, in routes, silences and inhibition; a slice's dimension never hides one of these. */
export function labelsOf({ metric, slice, severity, owner, direction, alertId, groupId }: Labelled): Labels {
  return {
    ...parseSlice(slice),
    metric,
    severity,
    ...(owner === undefined ? {} : { owner }),
    ...(direction === undefined ? {} : { direction }),
    ...(alertId === undefined ? {} : { alert_id: alertId }),
    ...(groupId === undefined ? {} : { group_id: groupId }),
  };
}
