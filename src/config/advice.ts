import type { Sources } from './check-references.js';
import { didYouMean } from './did-you-mean.js';
import type { EnvironmentSettings } from './environment.js';
import type { Problem } from './problems.js';
import { isRecord, itemsOf } from './yaml-source.js';

/** The event types that the design names; others of their form are taken too, so a stranger is only doubted. */
const STANDING_EVENT_TYPES = [
  'order.placed',
  'order.shipped',
  'order.delivered',
  'order.cancelled',
  'dispute.opened',
  'dispute.responded',
  'dispute.resolved',
  'dispute.appealed',
  'refund.requested',
  'refund.completed',
  'return.requested',
  'ticket.opened',
  'ticket.responded',
  'ticket.resolved',
  'review.posted',
  'rule.changed',
];

/** What is allowed and probably not meant: it is printed, and nothing stops for it. */
export function adviseOn(sources: Sources, settings: EnvironmentSettings): Problem[] {
  return [...adviseOnEventTypes(sources), ...adviseOnSlack(sources, settings)];
}

function adviseOnEventTypes({ metrics: source }: Sources): Problem[] {
  const warnings: Problem[] = [];
  for (const [index, metric] of itemsOf(source?.value).entries()) {
    if (!isRecord(metric)) continue;
    for (const part of ['of', 'numerator', 'denominator', 'opened', 'answered']) {
      const selector = metric[part];
      if (!isRecord(selector)) continue;
      const types = Array.isArray(selector.event) ? selector.event : [selector.event];
      for (const type of types) {
        if (typeof type !== 'string' || STANDING_EVENT_TYPES.includes(type)) continue;
        const hint = didYouMean(type, STANDING_EVENT_TYPES);
        if (hint === '' || source === undefined) continue;
        const message = `'${type}' is not one of the standing event types${hint}`;
        warnings.push(source.problem([index, part, 'event'], message));
      }
    }
  }
  return warnings;
}

function adviseOnSlack({ escalation: source }: Sources, settings: EnvironmentSettings): Problem[] {
  if (source === undefined || !isRecord(source.value)) return [];
  const missing =
    settings.slackBotToken === ''
      ? 'SLACK_BOT_TOKEN is not set, so this goes to the console'
      : settings.slackSigningSecret === ''
        ? "SLACK_SIGNING_SECRET is not set, so clicks on this message's buttons are refused"
        : null;
  if (missing === null) return [];
  const warnings: Problem[] = [];
  for (const [index, policy] of itemsOf(source.value.policies).entries()) {
    for (const [position, step] of itemsOf(isRecord(policy) ? policy.steps : []).entries()) {
      for (const [item, target] of itemsOf(isRecord(step) ? step.tell : []).entries()) {
        if (typeof target !== 'string' || !target.startsWith('slack:')) continue;
        warnings.push(source.problem(['policies', index, 'steps', position, 'tell', item], missing));
      }
    }
  }
  return warnings;
}
