import type { Alert } from '../model/alert.js';
import type { Labels } from '../model/matchers.js';
import { parseSlice } from '../model/slice.js';

/** What an alert can be matched by, in routes, silences and inhibition; a slice's dimension never hides one of these. */
export function labelsOf(
  alert: Pick<Alert, 'metric' | 'slice' | 'severity'> &
    Partial<Pick<Alert, 'alertId' | 'owner' | 'direction'>>,
): Labels {
  const { metric, slice, severity, owner, direction, alertId } = alert;
  return {
    ...parseSlice(slice),
    metric,
    severity,
    ...(owner === undefined ? {} : { owner }),
    ...(direction === undefined ? {} : { direction }),
    ...(alertId === undefined ? {} : { alert_id: alertId }),
  };
}
