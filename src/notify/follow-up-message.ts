import type { MessageContext } from './alert-words.js';
import type { FollowUpNotification } from './contract.js';
import { effectWords, followUpChange, stateWords } from './follow-up-words.js';
import type { SlackMessage } from './slack-blocks.js';
import { slackText } from './slack-text.js';
import { formatInstant, formatSliceWords } from './wording.js';

const LIMIT = { header: 150, line: 500, field: 400, text: 1_000 };

/** The one message that a follow-up has in a channel, showing its current state, within Slack's limits. */
export function followUpMessage(notification: FollowUpNotification, context: MessageContext): SlackMessage {
  const { followUp, display } = notification;
  const owner = context.owners.find(({ id }) => id === followUp.owner);
  const facts: (readonly [label: string, text: string])[] = [
    ['State', stateWords(followUp, display)],
    ['Owner', followUp.owner === '' ? 'Nobody' : (owner?.name ?? followUp.owner)],
    ['Priority', followUp.priority],
    ['Due', formatInstant(followUp.dueAt, display.timezone)],
    ['Metric', `${display.title}, ${formatSliceWords(followUp.slice)}`],
  ];
  const told = `${effectWords(followUp, display)}${followUp.note === '' ? '' : `. ${followUp.note}`}`;
  return {
    text: slackText(`Follow-up: ${followUp.title}`, LIMIT.text),
    blocks: [
      {
        type: 'header',
        text: {
          type: 'plain_text',
          text: slackText(`Follow-up: ${followUp.title}`, LIMIT.header),
          emoji: true,
        },
      },
      {
        type: 'section',
        fields: facts.map(([label, text]) => ({
          type: 'mrkdwn',
          text: `*${label}*\n${slackText(text, LIMIT.field)}`,
        })),
      },
      ...(told === ''
        ? []
        : [
            {
              type: 'section',
              text: { type: 'mrkdwn', text: slackText(told.replace(/^\. /, ''), LIMIT.line) },
            } as const,
          ]),
    ],
  };
}

/** What has changed, for the follow-up's thread. */
export function followUpChangeMessage(notification: FollowUpNotification): SlackMessage {
  const text = slackText(followUpChange(notification), LIMIT.text);
  return { text, blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] };
}
