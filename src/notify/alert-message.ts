import type { Owner } from '../model/owner.js';
import { type AlertWords, alertWords, changeWords, type Fact, type MessageContext } from './alert-words.js';
import { analysisMessage } from './analysis-message.js';
import { type AlertNotification, SLACK_ACTION } from './contract.js';
import { type Block, type Button, type SlackMessage, slackLink, slackText } from './slack-text.js';
import { webAddress } from './wording.js';

const LIMIT = { header: 150, line: 500, field: 400, carrier: 250, text: 1_000, buttonValue: 2_000 };

/**
 * The one message that an alert has in a channel, showing its current state. Whatever the data holds, it stays
 * within Slack's limits, the undocumented one on all blocks together (`msg_blocks_too_long`) included.
 */
export function alertMessage(notification: AlertNotification, context: MessageContext): SlackMessage {
  const words = alertWords(notification, context);
  const owner = context.owners.find(({ id }) => id === notification.alert.owner);
  const blocks: Block[] = [
    {
      type: 'header',
      text: { type: 'plain_text', text: headerText(notification, words), emoji: true },
    },
  ];
  if (words.summary !== '')
    blocks.push({ type: 'section', text: markdown(`*${slackText(words.summary, LIMIT.line)}*`) });
  blocks.push({ type: 'section', fields: words.facts.map((fact) => markdown(factText(fact, owner))) });
  if (words.carriers.length > 0) {
    const lines = words.carriers.map((line) => `• ${slackText(line, LIMIT.carrier)}`);
    blocks.push({ type: 'section', text: markdown(`*Where it comes from*\n${lines.join('\n')}`) });
  }
  blocks.push({ type: 'context', elements: contextLines(notification, words, context) });
  const buttons = alertButtons(notification);
  if (buttons.length > 0) blocks.push({ type: 'actions', elements: buttons });
  return { text: slackText(`${words.headline}. ${words.summary}`, LIMIT.text), blocks };
}

/** What has changed, for the alert's thread. */
export function changeMessage(notification: AlertNotification): SlackMessage {
  if (notification.delivery.reason === 'analysed') return analysisMessage(notification);
  const text = slackText(changeWords(notification), LIMIT.text);
  return { text, blocks: [{ type: 'section', text: markdown(text) }] };
}

/**
 * The buttons that make sense in the alert's state. Trouble with the data has no follow-up: no metric could
 * verify it.
 */
function alertButtons({ alert, followUp }: AlertNotification): Button[] {
  const value = JSON.stringify({ alertId: alert.alertId, version: alert.version });
  // A cut value could name another alert, so a value that Slack would refuse costs the buttons instead.
  if (alert.state === 'resolved' || value.length > LIMIT.buttonValue) return [];
  const buttons: Button[] = [];
  if (alert.state !== 'acknowledged')
    buttons.push({
      type: 'button',
      text: { type: 'plain_text', text: 'Acknowledge' },
      action_id: SLACK_ACTION.acknowledge,
      value,
      style: 'primary',
    });
  if (followUp === null && alert.kind === 'metric')
    buttons.push({
      type: 'button',
      text: { type: 'plain_text', text: 'Follow-up' },
      action_id: SLACK_ACTION.followUp,
      value,
    });
  return buttons;
}

function headerText({ alert }: AlertNotification, words: AlertWords): string {
  const mark =
    alert.state === 'resolved'
      ? '✅'
      : alert.state === 'acknowledged'
        ? '👀'
        : { info: '🔵', warning: '🟠', critical: '🔴' }[alert.severity];
  return `${mark} ${slackText(words.headline, LIMIT.header - 3)}`;
}

function factText(fact: Fact, owner: Owner | undefined): string {
  return `*${fact.label}*\n${factValue(fact, owner)}`;
}

function factValue(fact: Fact, owner: Owner | undefined): string {
  const text = slackText(fact.text, LIMIT.field);
  if (fact.label === 'Runbook') return slackLink(webAddress(fact.text), fact.text) || '-';
  if (fact.label === 'Owner' && owner !== undefined && /^[UW][A-Z0-9]{2,30}$/.test(owner.slack))
    return `${text} (<@${owner.slack}>)`;
  return text === '' ? '-' : text;
}

function contextLines(notification: AlertNotification, words: AlertWords, context: MessageContext) {
  const lines = [markdown(`Why you see this: ${slackText(words.why, LIMIT.line)}`)];
  const address = dashboardAddress(notification, context.dashboardsUrl);
  if (address !== null) lines.push(markdown(slackLink(address, 'Open the dashboard')));
  return lines;
}

/** The dashboards' address with the alert's series picked, in the way of Grafana's variables. */
function dashboardAddress({ alert }: AlertNotification, dashboardsUrl: string): string | null {
  const address = webAddress(dashboardsUrl);
  if (address === null) return null;
  const url = new URL(address);
  url.searchParams.set('var-metric', alert.metric);
  url.searchParams.set('var-slice', alert.slice);
  return url.href;
}

function markdown(text: string): { type: 'mrkdwn'; text: string } {
  return { type: 'mrkdwn', text };
}
