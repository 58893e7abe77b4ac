import type { EscalationPolicy, Grouping, Route, Target } from '../model/alert.js';
import { DAY, HOUR, WEEK } from '../model/clock.js';
import type { Schedule } from '../model/schedule.js';
import type { EscalationSettings } from './configuration.js';
import { DEFAULT_GROUP, type EscalationInput, type RouteInput } from './schema-escalation.js';

/** Everything goes to the console when nobody has said otherwise. */
const CONSOLE_POLICY: EscalationPolicy = {
  id: 'console',
  steps: [{ delay: 0, targets: ['console'] }],
  ackTimeout: 4 * HOUR,
};

const FLAPPING = { changes: 6, within: DAY };

/**
 * Policies, routes and who is on call. Without a Slack token Slack's targets and people become the console, so that a
 * message is read by somebody instead of failing.
 */
export function resolveEscalation(input: EscalationInput | null, slackIsOn: boolean): EscalationSettings {
  if (input === null)
    return {
      policies: [CONSOLE_POLICY],
      routes: [{ match: {}, policy: CONSOLE_POLICY.id }],
      schedules: [],
      inhibit: [],
      flapping: FLAPPING,
      sameCauseWithin: WEEK,
      silenceIdleAfter: 2 * DAY,
    };
  const reachable = (targets: readonly Target[]): Target[] => [
    ...new Set(targets.map((target) => (slackIsOn || !needsSlack(target) ? target : 'console'))),
  ];
  const policies = input.policies.map((policy): EscalationPolicy => {
    const { repeat, worsen_by: worsenBy } = policy;
    return {
      id: policy.id,
      steps: policy.steps.map((step) => ({
        delay: step.after,
        targets: reachable(step.tell),
        ...(step.wait_for_work.length === 0 ? {} : { waitsForWork: step.wait_for_work }),
      })),
      ackTimeout: policy.ack_timeout,
      ...(repeat === undefined ? {} : { repeat: { after: repeat.after, times: repeat.times ?? null } }),
      ...(worsenBy === undefined ? {} : { worsenBy }),
    };
  });
  const routeOf = (route: RouteInput): Route => ({
    match: route.match,
    policy: route.policy,
    grouping: groupingOf(route),
    repeatInterval: route.repeat_interval,
    fallback: route.fallback === undefined ? undefined : reachable(route.fallback),
    continue: route.continue,
    routes: route.routes?.map((child) => routeOf(child)),
  });
  return {
    policies,
    routes: input.routes?.map(routeOf) ?? [{ match: {}, policy: policies[0]?.id ?? CONSOLE_POLICY.id }],
    schedules: input.schedules.map(scheduleOf),
    inhibit: input.inhibit,
    flapping: input.flapping,
    sameCauseWithin: input.same_cause?.within ?? null,
    silenceIdleAfter: input.silences.idle_after,
    deliveries: {
      fallBackAfter: input.deliveries.fall_back_after,
      giveUpAfter: input.deliveries.give_up_after,
    },
  };
}

function needsSlack(target: Target): boolean {
  return ['slack:', 'schedule:'].some((scheme) => target.startsWith(scheme)) || target.startsWith('owner');
}

/** An empty list of labels puts all alerts of the route together; a child that groups says how in full. */
function groupingOf({ group_by: by, group_wait, group_interval }: RouteInput): Grouping | undefined {
  if (by === undefined) return undefined;
  return { by, wait: group_wait ?? DEFAULT_GROUP.wait, interval: group_interval ?? DEFAULT_GROUP.interval };
}

function scheduleOf(input: EscalationInput['schedules'][number]): Schedule {
  return {
    id: input.id,
    timezone: input.timezone,
    rotation: input.rotation,
    startsOn: input.starts,
    turnDays: input.turn === 'week' ? 7 : 1,
    handOver: input.hand_over,
    hours: input.hours ?? null,
    overrides: input.overrides.map(({ owner, from, to }) => ({ owner: owner ?? '', from, to })),
  };
}
