import type { EscalationPolicy, EscalationStep, Route, RouteSettings, Target } from '../model/alert.js';
import { DAY, type Instant } from '../model/clock.js';
import { type Labels, matches } from '../model/matchers.js';
import type { Severity } from '../model/metric.js';
import type { Routing } from './escalation.js';

/** What is settled where no route says otherwise. */
export const PLAIN_ROUTE: RouteSettings = { grouping: null, repeatInterval: null, fallback: [] };

/** Where an alert goes that no route takes: nowhere, which is then recorded as nobody to tell. */
const NOBODY: EscalationPolicy = { id: '', steps: [], ackTimeout: DAY };

type Effective = Omit<Route, 'routes'>;

/**
 * Where an alert with these labels goes. Routes are asked in order and the first that matches takes it, by its first
 * child that matches if it has one; a route that continues lets those after it be asked as well, and then all
 * their policies run side by side. The first one settles the rest.
 */
export function routingFor(
  labels: Labels,
  routes: readonly Route[],
  policies: readonly EscalationPolicy[],
): Routing {
  const taken = routesFor(labels, routes);
  const found = taken.flatMap(({ policy }) => policies.find(({ id }) => id === policy) ?? []);
  const [first = NOBODY, ...others] = new Set(found);
  const [route] = taken;
  return {
    policy: others.reduce(sideBySide, first),
    route: {
      grouping: route?.grouping ?? null,
      repeatInterval: route?.repeatInterval ?? null,
      fallback: route?.fallback ?? [],
    },
  };
}

/** The routes that take an alert, each with what it has from its parents. */
export function routesFor(
  labels: Labels,
  routes: readonly Route[],
  parent: Effective = { match: {} },
): Effective[] {
  const taken: Effective[] = [];
  for (const { routes: children = [], ...route } of routes) {
    if (!matches(route.match, labels)) continue;
    const effective = inherited(parent, route);
    const below = routesFor(labels, children, effective);
    taken.push(...(below.length > 0 ? below : [effective]));
    if (route.continue !== true) break;
  }
  return taken;
}

/** What a route does not say itself, its parent says. */
function inherited(parent: Effective, route: Effective): Effective {
  const said = Object.fromEntries(Object.entries(route).filter(([, value]) => value !== undefined));
  return { ...parent, ...said, match: { ...parent.match, ...route.match } };
}

/** Two policies as one, each step at its own time; the shorter acknowledgement holds, and the first one's repeating. */
function sideBySide(a: EscalationPolicy, b: EscalationPolicy): EscalationPolicy {
  const timed = [...timedSteps(a), ...timedSteps(b)].sort((one, other) => one.at - other.at);
  const steps: (EscalationStep & { at: Instant })[] = [];
  for (const step of timed) {
    const last = steps.at(-1);
    const together = last !== undefined && last.at === step.at && sameWait(last, step);
    if (together)
      steps[steps.length - 1] = { ...last, targets: [...new Set([...last.targets, ...step.targets])] };
    else steps.push({ ...step, delay: step.at - (last?.at ?? 0) });
  }
  return {
    ...a,
    id: `${a.id}+${b.id}`,
    steps: steps.map(({ at: _at, ...step }) => step),
    ackTimeout: shorter(a.ackTimeout, b.ackTimeout),
  };
}

function timedSteps({ steps }: EscalationPolicy): (EscalationStep & { at: number })[] {
  let at = 0;
  return steps.map((step) => {
    at += step.delay;
    return { ...step, at };
  });
}

function sameWait(a: EscalationStep, b: EscalationStep): boolean {
  return JSON.stringify(a.waitsForWork ?? []) === JSON.stringify(b.waitsForWork ?? []);
}

function shorter(
  a: EscalationPolicy['ackTimeout'],
  b: EscalationPolicy['ackTimeout'],
): EscalationPolicy['ackTimeout'] {
  const of = (timeout: EscalationPolicy['ackTimeout'], severity: Severity) =>
    typeof timeout === 'number' ? timeout : timeout[severity];
  const least = (severity: Severity) => Math.min(of(a, severity), of(b, severity));
  return { info: least('info'), warning: least('warning'), critical: least('critical') };
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
  const steps = policy.steps.map((step) => {
    const reachable = step.targets.filter((target) => !failing.has(target));
    return { ...step, targets: reachable.length === 0 && step.targets.length > 0 ? fallback : reachable };
  });
  return { ...policy, steps };
}
