import type { Escalation, EscalationPolicy, RouteSettings, Target } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import type { Severity } from '../model/metric.js';

/** Where an alert goes: the policy, and what the route settles beside it. Copied onto the alert when it fires. */
export interface Routing {
  policy: EscalationPolicy;
  route: RouteSettings;
}

/**
 * The escalation of an alert that has just fired, or fired again. Whoever was told before hears of the
 * recurrence by itself, which stands for the first step, so the second is the next. The leader of a group waits for
 * others to join before the first.
 */
export function beginEscalation(
  routing: Routing,
  told: readonly Target[],
  now: Instant,
  wait = 0,
): Escalation {
  const nextStep = told.length === 0 ? 0 : 1;
  const nextAt = stepDueAt(routing.policy, nextStep, now);
  return {
    ...restingEscalation(routing, told),
    nextStep,
    nextAt: nextAt === null || nextStep > 0 ? nextAt : nextAt + wait,
  };
}

/** The policy with nothing under way: for alerts that have not fired, are held back or are over. */
export function restingEscalation({ policy, route }: Routing, told: readonly Target[] = []): Escalation {
  return { policy, route, told, nextStep: 0, nextAt: null, addressed: [], round: 0, ackEndsAt: null };
}

/** Another policy takes over, from its first step on; whoever was told before goes on hearing of it. */
export function rerouted(routing: Routing, told: readonly Target[], now: Instant): Escalation {
  return { ...restingEscalation(routing, told), nextAt: stepDueAt(routing.policy, 0, now) };
}

/** How long an acknowledgement of an alert of this severity holds, in ms. */
function ackTimeoutOf({ ackTimeout }: EscalationPolicy, severity: Severity): number {
  return typeof ackTimeout === 'number' ? ackTimeout : ackTimeout[severity];
}

/** An acknowledgement stops the steps; what falls due next is the reminder at half its time. */
export function pauseEscalation(escalation: Escalation, severity: Severity, now: Instant): Escalation {
  const timeout = ackTimeoutOf(escalation.policy, severity);
  return { ...escalation, nextAt: now + Math.floor(timeout / 2), ackEndsAt: now + timeout };
}

/** Goes on at the same step, its delay counted from now. */
export function resumeEscalation(escalation: Escalation, now: Instant): Escalation {
  const nextAt = stepDueAt(escalation.policy, escalation.nextStep, now) ?? repeatDueAt(escalation, now);
  return { ...escalation, nextAt, ackEndsAt: null };
}

/** The targets of the step that is due, as the policy names them; none when it has none or no step is left. */
export function targetsOfStep(escalation: Escalation): readonly Target[] {
  return escalation.policy.steps[escalation.nextStep]?.targets ?? [];
}

/** True when all steps were taken and whoever was told is to be told again. */
export function isRepeat({ policy, nextStep, told }: Escalation): boolean {
  return policy.steps.length > 0 && nextStep >= policy.steps.length && told.length > 0;
}

/**
 * Takes the step that is due, and tells `targets`, who they are at this moment. One without anybody to tell lets
 * the next follow at once; after the last the policy begins anew, or what was said is repeated, if they are to.
 */
export function takeStep(escalation: Escalation, targets: readonly Target[], now: Instant): Escalation {
  const { policy } = escalation;
  const told = [...new Set([...escalation.told, ...targets])];
  const taken = { ...escalation, told, addressed: targets };
  const nextStep = Math.min(escalation.nextStep + 1, policy.steps.length);
  if (nextStep < policy.steps.length) {
    const nextAt = targets.length === 0 ? now : stepDueAt(policy, nextStep, now);
    return { ...taken, nextStep, nextAt };
  }
  const { repeat } = policy;
  if (
    repeat !== undefined &&
    policy.steps.length > 0 &&
    escalation.round < (repeat.times ?? Number.POSITIVE_INFINITY)
  )
    return { ...taken, nextStep: 0, round: escalation.round + 1, nextAt: now + repeat.after };
  return { ...taken, nextStep, nextAt: repeatDueAt(taken, now) };
}

function repeatDueAt({ route, told }: Escalation, now: Instant): Instant | null {
  return route.repeatInterval === null || told.length === 0 ? null : now + route.repeatInterval;
}

/** Tells some more people outside the steps, whose order it does not touch. */
export function tellAlso(escalation: Escalation, targets: readonly Target[]): Escalation {
  return { ...escalation, told: [...new Set([...escalation.told, ...targets])], addressed: targets };
}

/** The same before the first step as well, which then tells them with the others. */
export function tellFromNow(escalation: Escalation, targets: readonly Target[]): Escalation {
  const { policy, told } = escalation;
  if (told.length > 0) return tellAlso(escalation, targets);
  const [first = { delay: 0, targets: [] }, ...others] = policy.steps;
  const steps = [{ ...first, targets: [...new Set([...first.targets, ...targets])] }, ...others];
  return { ...escalation, policy: { ...policy, steps } };
}

/** A policy without any step is due at once, so that nobody being told is recorded and not just a silence. */
function stepDueAt(policy: EscalationPolicy, step: number, now: Instant): Instant | null {
  const due = policy.steps[step];
  if (due !== undefined) return now + due.delay;
  return policy.steps.length === 0 ? now : null;
}
