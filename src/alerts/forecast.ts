import type { Target } from '../model/alert.js';
import { type Instant, MINUTE } from '../model/clock.js';
import type { Owner } from '../model/owner.js';
import type { Schedule } from '../model/schedule.js';
import { Directory } from './directory.js';
import { type Labelled, labelsOf } from './labels.js';
import { routesFor, routingFor } from './routing.js';
import type { AlertSettings } from './settings.js';

/** One step of what would happen to an alert that nobody acknowledges. */
export interface ForecastStep {
  /** When the step is taken. */
  at: Instant;
  /** As the policy says it, and who it is then. */
  asked: readonly Target[];
  told: readonly Target[];
  /** It was due earlier, and has waited for the owner to be at work. */
  waited: boolean;
}

export interface Forecast {
  policy: string;
  /** Labels of the routes that take it, outermost first, in words; empty for the one that takes everything. */
  routes: readonly string[];
  groupedBy: readonly string[] | null;
  /** Who is told in the place of a target that cannot be reached, if it were when the alert fires. */
  fallback: readonly Target[];
  steps: readonly ForecastStep[];
  /** Minutes from the last step to the first again; null when they do not begin anew. */
  repeatsAfter: number | null;
}

/** Who would be told, and when, of an alert that fires at a moment and that nobody acknowledges. */
export function forecast(
  alert: Labelled & { owner: string },
  settings: AlertSettings & { owners: readonly Owner[]; schedules: readonly Schedule[] },
  firedAt: Instant,
): Forecast {
  const labels = labelsOf(alert);
  const { policy, route } = routingFor(labels, settings.routes, settings.policies);
  const directory = new Directory(settings.owners, settings.schedules);
  const steps: ForecastStep[] = [];
  let at = firedAt + (route.grouping?.wait ?? 0);
  for (const step of policy.steps) {
    // After a step that reaches nobody the next follows at once.
    const due = steps.at(-1)?.told.length === 0 ? at : at + step.delay;
    at = directory.notBefore(step, alert.severity, alert.owner, due);
    const told = directory.reach(step.targets, alert.owner, at);
    steps.push({ at, asked: step.targets, told, waited: at > due });
  }
  return {
    policy: policy.id,
    routes: routesFor(labels, settings.routes).map(({ match }) => JSON.stringify(match)),
    groupedBy: route.grouping?.by ?? null,
    fallback: directory.reach(route.fallback, alert.owner, firedAt),
    steps,
    repeatsAfter: policy.repeat === undefined ? null : policy.repeat.after / MINUTE,
  };
}
