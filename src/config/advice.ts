import { adviseOnSeries } from './advice-series.js';
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
  return [
    ...adviseOnEventTypes(sources),
    ...adviseOnSeries(sources),
    ...adviseOnSlack(sources, settings),
    ...adviseOnOwners(sources, settings),
  ];
}

/** Who has owners means them: a slice without one has nobody to remind, and a person without a Slack id is not met there. */
function adviseOnOwners({ metrics, owners }: Sources, settings: EnvironmentSettings): Problem[] {
  if (owners === undefined) return [];
  const warnings: Problem[] = [];
  const owned = new Set(itemsOf(owners.value).flatMap((owner) => wholeMetrics(owner)));
  for (const [index, metric] of itemsOf(metrics?.value).entries()) {
    if (!isRecord(metric) || metrics === undefined || typeof metric.owner === 'string') continue;
    if (owned.has('') || owned.has(String(metric.id))) continue;
    const slices = itemsOf(metric.slices ?? [[]]).map((names) => itemsOf(names).join(' and ') || 'the whole');
    const message = `nobody owns every slice of '${String(metric.id)}': ${slices.join(', ')}`;
    warnings.push(metrics.problem([index, 'id'], message));
  }
  if (settings.slackBotToken === '') return warnings;
  for (const [index, owner] of itemsOf(owners.value).entries()) {
    if (!isRecord(owner) || typeof owner.slack === 'string') continue;
    const message = `'${String(owner.id)}' has no Slack id, so no reminder reaches them there`;
    warnings.push(owners.problem([index, 'id'], message));
  }
  return warnings;
}

/** The metrics that an owner answers for on every slice; the empty word is all of them. */
function wholeMetrics(owner: unknown): string[] {
  return itemsOf(isRecord(owner) ? owner.owns : []).flatMap((entry) => {
    if (!isRecord(entry)) return [];
    const labels = isRecord(entry.slice) ? Object.keys(entry.slice) : [];
    return labels.length === 0 ? [String(entry.metric ?? '')] : [];
  });
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
      : settings.slackSigningSecrets.length === 0 && settings.slackAppToken === ''
        ? "neither SLACK_SIGNING_SECRET nor SLACK_APP_TOKEN is set, so clicks on this message's buttons are refused"
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
