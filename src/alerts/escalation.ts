import type { Escalation, EscalationPolicy, Target } from '../model/alert.js';
import type { Instant } from '../model/clock.js';

/**
 * The escalation of an alert that has just fired, or fired again. Whoever was told before hears of the
 * recurrence by itself, which stands for the first step, so the second is the next.
 */
export function beginEscalation(policy: EscalationPolicy, told: readonly Target[], now: Instant): Escalation {
  const nextStep = told.length === 0 ? 0 : 1;
  return { policy, told, nextStep, nextAt: stepDueAt(policy, nextStep, now) };
}

/** The policy with nothing under way: for alerts that have not fired, are held back or are over. */
export function restingEscalation(policy: EscalationPolicy, told: readonly Target[] = []): Escalation {
  return { policy, told, nextStep: 0, nextAt: null };
}

/** An acknowledgement stops the steps; what falls due next is its own end. */
export function pauseEscalation(escalation: Escalation, now: Instant): Escalation {
  return { ...escalation, nextAt: now + escalation.policy.ackTimeout };
}

/** Goes on at the same step, its delay counted from now. */
export function resumeEscalation(escalation: Escalation, now: Instant): Escalation {
  return { ...escalation, nextAt: stepDueAt(escalation.policy, escalation.nextStep, now) };
}

/** The targets of the step that is due; none when it has none or no step is left. */
export function targetsOfStep(escalation: Escalation): readonly Target[] {
  return escalation.policy.steps[escalation.nextStep]?.targets ?? [];
}

/** Takes the step that is due. One without anybody to tell lets the next follow at once. */
export function takeStep(escalation: Escalation, now: Instant): Escalation {
  const { policy, told } = escalation;
  const targets = targetsOfStep(escalation);
  const nextStep = Math.min(escalation.nextStep + 1, policy.steps.length);
  const anyLeft = nextStep < policy.steps.length;
  const nextAt = !anyLeft ? null : targets.length === 0 ? now : stepDueAt(policy, nextStep, now);
  return { policy, nextStep, nextAt, told: [...new Set([...told, ...targets])] };
}

/** A policy without any step is due at once, so that nobody being told is recorded and not just a silence. */
function stepDueAt(policy: EscalationPolicy, step: number, now: Instant): Instant | null {
  const due = policy.steps[step];
  if (due !== undefined) return now + due.delay;
  return policy.steps.length === 0 ? now : null;
}
