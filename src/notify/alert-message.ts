import type { Alert } from '../model/alert.js';
import { type AlertView, alertWords, type Fact, type MessageContext } from './alert-words.js';
import { analysisMessage } from './analysis-message.js';
import { changeWords, whyWords } from './change-words.js';
import type { AlertNotification, RefreshedAlert } from './contract.js';
import { dashboardAddress } from './dashboard-link.js';
import { FEEDBACK, SLACK_ACTION, SNOOZES } from './slack-actions.js';
import { type Block, type Button, markdown, plain, type Select, type SlackMessage } from './slack-blocks.js';
import type { ChartImage } from './slack-chart-image.js';
import { slackSubject } from './slack-subject.js';
import { slackLink, slackText } from './slack-text.js';
import { webAddress } from './wording.js';

const LIMIT = { header: 147, line: 500, field: 400, carrier: 250, text: 1_000, altText: 1_000 };

/**
 * The one message that an alert has in a channel, showing its current state. Whatever the data holds, it stays
 * within Slack's limits, the undocumented one on all blocks together (`msg_blocks_too_long`) included.
 */
export function alertMessage(
  notification: AlertNotification | RefreshedAlert,
  context: MessageContext,
  chart: ChartImage | null = null,
): SlackMessage {
  return shownAlert(notification, context, whyWords(notification.delivery.reason), chart);
}

/** An alert as it is now, with its buttons; `why` says what brings it before somebody, empty when they asked. */
export function shownAlert(
  view: AlertView,
  context: MessageContext,
  why: string,
  chart: ChartImage | null = null,
): SlackMessage {
  const words = alertWords(view, context);
  const blocks: Block[] = [
    {
      type: 'header',
      text: plain(`${view.partOf === undefined ? markOf(view.alert) : '🔗'} ${words.headline}`, LIMIT.header),
    },
  ];
  if (words.summary !== '')
    blocks.push({ type: 'section', text: markdown(`*${slackText(words.summary, LIMIT.line)}*`) });
  if (chart !== null && view.partOf === undefined) {
    const alt_text = slackText(`Chart. ${words.headline}. ${words.summary}`, LIMIT.altText);
    blocks.push({ ...chart.block, alt_text });
  }
  blocks.push({ type: 'section', fields: words.facts.map((fact) => markdown(factText(fact))) });
  for (const { title, lines } of words.lists) {
    const shown = lines.map((line) => `• ${slackText(line, LIMIT.carrier)}`);
    blocks.push({ type: 'section', text: markdown(`*${title}*\n${shown.join('\n')}`) });
  }
  const lines = contextLines(view.alert, why, context);
  if (lines.length > 0) blocks.push({ type: 'context', elements: lines });
  // Its buttons are on the message where it goes on.
  if (view.partOf === undefined) blocks.push(...alertActions(view));
  return { text: slackText(`${words.headline}. ${words.summary}`, LIMIT.text), blocks };
}

/** What has changed, for the alert's thread. An escalation calls its owner, whom nothing else does. */
export function changeMessage(notification: AlertNotification, context: MessageContext): SlackMessage {
  if (notification.delivery.reason === 'analysed') return analysisMessage(notification);
  const text = slackText(changeWords(notification, context), LIMIT.text);
  const mention = mentionOf(notification, context);
  const told = mention === '' ? text : `${mention} ${text}`;
  return { text: told, blocks: [{ type: 'section', text: markdown(told) }] };
}

function mentionOf({ alert, delivery }: AlertNotification, { owners }: MessageContext): string {
  const owner = owners.find(({ id }) => id === alert.owner);
  if (delivery.reason !== 'escalated' || owner === undefined) return '';
  return /^[UW][A-Z0-9]{2,30}$/.test(owner.slack) ? `<@${owner.slack}>` : '';
}

/**
 * The buttons that make sense in the alert's state, in a block that says what they are about. Trouble with the data
 * has no follow-up: no metric could verify it; and nothing to say of whether it was an anomaly.
 */
export function alertActions({ alert, followUp }: Pick<AlertView, 'alert' | 'followUp'>): Block[] {
  const block_id = slackSubject({ kind: 'alert', id: alert.alertId, version: alert.version });
  if (block_id === null) return [];
  const open = alert.state === 'firing' || alert.state === 'acknowledged';
  const isMetric = alert.kind === 'metric';
  const elements: (Button | Select)[] = [];
  if (alert.state === 'firing')
    elements.push({ ...button(SLACK_ACTION.acknowledge, 'Acknowledge'), style: 'primary' });
  if (open) elements.push(button(SLACK_ACTION.resolve, 'Resolve'));
  if (followUp === null && isMetric) elements.push(button(SLACK_ACTION.followUp, 'Follow-up…'));
  if (open) elements.push(menu(SLACK_ACTION.snooze, 'Snooze', SNOOZES));
  if (isMetric) elements.push(menu(SLACK_ACTION.feedback, 'Was it right?', FEEDBACK));
  return elements.length === 0 ? [] : [{ type: 'actions', block_id, elements }];
}

/** A button without a style. */
export function button(action_id: string, text: string): Button {
  return { type: 'button', text: plain(text, 75), action_id };
}

export function menu(
  action_id: string,
  placeholder: string,
  options: readonly { value: string; text: string }[],
): Select {
  return {
    type: 'static_select',
    action_id,
    placeholder: plain(placeholder, 150),
    options: options.map(({ value, text }) => ({ text: plain(text, 75), value })),
  };
}

/** The one sign of an alert's standing: its state, and while nobody has taken it on its severity. */
export function markOf({ state, severity, silence }: Alert): string {
  if (state === 'resolved') return '✅';
  if (silence !== null) return '💤';
  if (state === 'acknowledged') return '👀';
  return { info: '🔵', warning: '🟠', critical: '🔴' }[severity];
}

function factText(fact: Fact): string {
  return `*${fact.label}*\n${factValue(fact)}`;
}

function factValue({ label, text }: Fact): string {
  const address = label === 'Runbook' ? webAddress(text) : null;
  if (address !== null) return slackLink(address, 'Open the runbook');
  return slackText(text, LIMIT.field) || '-';
}

function contextLines(alert: Alert, why: string, context: MessageContext) {
  const address = dashboardAddress(alert, context.dashboardsUrl);
  return [
    ...(why === '' ? [] : [markdown(`Why you see this: ${slackText(why, LIMIT.line)}`)]),
    ...(address === null ? [] : [markdown(slackLink(address, 'Open the dashboard'))]),
  ];
}
