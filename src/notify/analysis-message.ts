import { analysisParts } from './cause-words.js';
import type { AlertNotification } from './contract.js';
import type { Block, SlackMessage } from './slack-blocks.js';
import { slackText } from './slack-text.js';

/** Slack refuses a section of more than 3,000 characters, and all blocks together beyond some 13,000. */
const LIMIT = { part: 1_500, line: 300, text: 1_000 };

/** The whole analysis, for the thread of the alert's message. */
export function analysisMessage({ analysis, display }: AlertNotification): SlackMessage {
  const title = 'Where it comes from';
  if (analysis === undefined || analysis.outcome.status === 'refused') return { text: title, blocks: [] };
  const parts = analysisParts(analysis.outcome.analysis, display);
  const blocks = parts.map(({ heading, lines }): Block => {
    const text = fitting(lines.map((line) => `• ${slackText(line, LIMIT.line)}`));
    return {
      type: 'section',
      text: { type: 'mrkdwn', text: `*${slackText(heading, LIMIT.line)}*\n${text}` },
    };
  });
  return { text: slackText(`${title}: ${parts[0]?.lines[0] ?? ''}`, LIMIT.text), blocks };
}

/** As many whole lines as there is room for. */
function fitting(lines: readonly string[]): string {
  let text = '';
  for (const line of lines) {
    if (text.length + line.length + 1 > LIMIT.part) break;
    text += text === '' ? line : `\n${line}`;
  }
  return text;
}
