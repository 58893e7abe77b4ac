import type { FollowUp } from '../model/follow-up.js';
import { button, menu } from './alert-message.js';
import type { MessageContext } from './alert-words.js';
import type { FollowUpNotification } from './contract.js';
import { effectWords, followUpChange, stateWords } from './follow-up-words.js';
import { FOLLOW_UP_ACTION, FOLLOW_UP_TURNS } from './slack-actions.js';
import { type Block, type Button, markdown, plain, type Select, type SlackMessage } from './slack-blocks.js';
import { slackSubject } from './slack-subject.js';
import { slackLink, slackText } from './slack-text.js';
import { formatInstant, formatSliceWords, formatValue, webAddress } from './wording.js';

const LIMIT = { header: 150, line: 500, field: 400, text: 1_000, samples: 5, links: 5 };

const MARK = {
  open: '📌',
  acknowledged: '👀',
  in_progress: '🔧',
  fix_shipped: '🚚',
  verifying: '🔬',
  verified: '✅',
  wont_do: '⏹️',
} as const;

/** The one message that a follow-up has in a channel, showing its current state, within Slack's limits. */
export function followUpMessage(notification: FollowUpNotification, context: MessageContext): SlackMessage {
  const { followUp, display } = notification;
  const owner = context.owners.find(({ id }) => id === followUp.owner);
  const title = `${MARK[followUp.state]} Follow-up: ${followUp.title}`;
  const facts: (readonly [label: string, text: string])[] = [
    ['State', stateWords(followUp, display)],
    ['Owner', followUp.owner === '' ? 'Nobody' : (owner?.name ?? followUp.owner)],
    ['Priority', followUp.priority],
    ['Due', formatInstant(followUp.dueAt, owner?.timezone ?? display.timezone)],
    ['Metric', `${display.title}, ${formatSliceWords(followUp.slice)}`],
    ['Found', foundWords(notification)],
    ['What will be done', followUp.work.action],
  ];
  const note = followUp.note.trim() === '' ? '' : `. ${followUp.note}`;
  // A note of signs that nobody can see is nothing, and Slack refuses a section without words.
  const told = slackText(`${effectWords(followUp, display)}${note}`.replace(/^\. /, ''), LIMIT.line);
  const links = followUp.work.links.slice(-LIMIT.links);
  return {
    text: slackText(title, LIMIT.text),
    blocks: [
      { type: 'header', text: plain(title, LIMIT.header) },
      {
        type: 'section',
        fields: facts
          .filter(([, text]) => text !== '')
          .map(([label, text]) => markdown(`*${label}*\n${slackText(text, LIMIT.field)}`)),
      },
      ...(told === '' ? [] : [section(told)]),
      ...(links.length === 0
        ? []
        : [section(links.map(({ url, title: name }) => slackLink(webAddress(url), name)).join('\n'))]),
      ...followUpActions(followUp),
    ],
  };
}

/** The next steps that a follow-up's state allows, in a block that says what they are about. */
export function followUpActions({ followUpId, version, state }: FollowUp): Block[] {
  const block_id = slackSubject({ kind: 'follow_up', id: followUpId, version });
  if (block_id === null) return [];
  const elements: (Button | Select)[] = [];
  const next = (action: string, text: string) => {
    const first = elements.length === 0 ? ({ style: 'primary' } as const) : {};
    elements.push({ ...button(action, text), ...first });
  };
  if (state === 'open') next(FOLLOW_UP_ACTION.acknowledge, 'Acknowledge');
  if (state === 'open' || state === 'acknowledged') next(FOLLOW_UP_ACTION.start, 'Start');
  if (state === 'open' || state === 'acknowledged' || state === 'in_progress')
    next(FOLLOW_UP_ACTION.shipFix, 'Fix shipped…');
  const isClosed = state === 'verified' || state === 'wont_do';
  if (isClosed) next(FOLLOW_UP_ACTION.reopen, 'Open again');
  const turns = isClosed ? FOLLOW_UP_TURNS.filter(({ value }) => value === 'note') : FOLLOW_UP_TURNS;
  elements.push(menu(FOLLOW_UP_ACTION.more, 'More', turns));
  return [{ type: 'actions', block_id, elements }];
}

function foundWords({ followUp: { found }, display }: FollowUpNotification): string {
  if (found === undefined) return '';
  const { actual, expected, slices, samples = [] } = found;
  const most = slices.slice(0, 3).map(({ slice }) => formatSliceWords(slice));
  const cases = samples.slice(0, LIMIT.samples).join(', ');
  return [
    `${formatValue(actual, display)} where ${formatValue(expected, display)} was expected`,
    ...(most.length === 0 ? [] : [`mostly ${most.join('; ')}`]),
    ...(cases === '' ? [] : [`for example ${cases}`]),
  ].join(', ');
}

function section(text: string): Block {
  return { type: 'section', text: markdown(text) };
}

/** What has changed, for the follow-up's thread. */
export function followUpChangeMessage(notification: FollowUpNotification): SlackMessage {
  const text = slackText(followUpChange(notification), LIMIT.text);
  return { text, blocks: [section(text)] };
}
