import type { ReminderNotification } from './contract.js';
import { STATE_WORDS } from './follow-up-words.js';
import type { SlackMessage } from './slack-blocks.js';
import { slackText } from './slack-text.js';
import { formatInstant } from './wording.js';

/** More than so many are a list for another place. */
const MOST_TOLD = 10;

/** What one person is reminded of, a headline and a line for each follow-up, in plain text. */
export function reminderWords({ followUps, person, timezone }: ReminderNotification): {
  headline: string;
  lines: readonly string[];
} {
  const told = followUps.slice(0, MOST_TOLD).map(({ title, state, dueAt, owner }) => {
    const whose = owner === person ? '' : `, ${owner === '' ? 'nobody owns it' : `owner ${owner}`}`;
    return `${title}: ${STATE_WORDS[state]}, due ${formatInstant(dueAt, timezone)}${whose}`;
  });
  const rest = followUps.length - told.length;
  const count = followUps.length === 1 ? 'one follow-up needs' : `${followUps.length} follow-ups need`;
  return {
    headline: `Reminder for ${person === '' ? 'whoever is there' : person}: ${count} attention`,
    lines: rest > 0 ? [...told, `and ${rest} more`] : told,
  };
}

export function reminderMessage(notification: ReminderNotification): SlackMessage {
  const { headline, lines } = reminderWords(notification);
  const list = lines.map((line) => `• ${slackText(line, 250)}`).join('\n');
  return {
    text: slackText(headline, 1_000),
    blocks: [{ type: 'section', text: { type: 'mrkdwn', text: `*${slackText(headline, 150)}*\n${list}` } }],
  };
}
