import type { EscalationPolicy, Route, Target } from '../model/alert.js';
import { DAY } from '../model/clock.js';
import { matches } from '../model/matchers.js';
import type { Severity } from '../model/metric.js';
import { labelsOf } from './labels.js';

/** What a route can be asked to match. */
export interface RoutedAlert {
  metric: string;
  slice: string;
  severity: Severity;
}

/** Where an alert goes that no route takes: nowhere, which is then recorded as nobody to tell. */
const NOBODY: EscalationPolicy = { id: '', steps: [], ackTimeout: DAY };

/** The policy of the first route whose every label the alert has. */
export function policyFor(
  alert: RoutedAlert,
  routes: readonly Route[],
  policies: readonly EscalationPolicy[],
): EscalationPolicy {
  const labels = labelsOf(alert);
  const route = routes.find(({ match }) => matches(match, labels));
  return policies.find(({ id }) => id === route?.policy) ?? NOBODY;
}

/** Who is told when a policy's own targets cannot be reached. */
const LAST_RESORT: Target = 'console';

/**
 * The policy for an alert about targets that cannot be reached: everybody else, and the console where nobody
 * else is left.
 */
export function avoiding(policy: EscalationPolicy, failing: ReadonlySet<Target>): EscalationPolicy {
  const fallback = failing.has(LAST_RESORT) ? [] : [LAST_RESORT];
  if (policy.steps.length === 0) return { ...policy, steps: [{ delay: 0, targets: fallback }] };
  const steps = policy.steps.map(({ delay, targets }) => {
    const reachable = targets.filter((target) => !failing.has(target));
    return { delay, targets: reachable.length === 0 && targets.length > 0 ? fallback : reachable };
  });
  return { ...policy, steps };
}
