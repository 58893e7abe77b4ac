import type { Alert } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import type { FollowUp } from '../model/follow-up.js';
import { alertActions, markOf } from './alert-message.js';
import { headline, impactWords } from './alert-phrases.js';
import type { MetricDisplay } from './contract.js';
import { followUpActions } from './follow-up-message.js';
import { followUpStatus } from './follow-up-words.js';
import { type Block, type HomeView, markdown, plain, type SlackMessage } from './slack-blocks.js';
import { slackText } from './slack-text.js';
import { formatDuration } from './wording.js';

/** What a list is made of: the alerts and follow-ups that it shows, and how. */
export interface Listed {
  alerts: readonly Alert[];
  followUps: readonly FollowUp[];
  now: Instant;
  displayOf(metric: string): MetricDisplay;
}

/** A message of at most 50 blocks and a home of at most 100 hold so many, with what stands around them. */
const MOST = { listed: 15, homeAlerts: 20, homeFollowUps: 20 };
const LIMIT = { line: 300, title: 150 };

/** The alerts that somebody has asked for, each with its buttons; `title` says what they are. */
export function alertList(title: string, { alerts, followUps, now, displayOf }: Listed): SlackMessage {
  return {
    text: slackText(`${title}: ${alerts.length === 0 ? 'none' : alerts.length}`, 1_000),
    blocks: [
      { type: 'header', text: plain(title, LIMIT.title) },
      ...(alerts.length === 0 ? [note('There are none.')] : []),
      ...alertBlocks(alerts, MOST.listed, { alerts, followUps, now, displayOf }),
    ],
  };
}

/** The follow-ups that somebody has asked for, each with its next steps; `title` says what they are. */
export function followUpList(
  title: string,
  listed: Pick<Listed, 'followUps' | 'now' | 'displayOf'>,
): SlackMessage {
  const { followUps } = listed;
  return {
    text: slackText(`${title}: ${followUps.length === 0 ? 'none' : followUps.length}`, 1_000),
    blocks: [
      { type: 'header', text: plain(title, LIMIT.title) },
      ...(followUps.length === 0 ? [note('There are none.')] : []),
      ...withMore(followUps, MOST.listed, (followUp) => followUpBlocks(followUp, listed)),
    ],
  };
}

/** What is a person's own: the alerts that are theirs to look at, and the follow-ups that they own. */
export function homeView({ alerts, followUps, now, displayOf }: Listed, others: number): HomeView {
  const listed = { alerts, followUps, now, displayOf };
  return {
    type: 'home',
    blocks: [
      { type: 'header', text: plain('My open alerts', LIMIT.title) },
      ...(alerts.length === 0 ? [note('None of the open alerts is yours.')] : []),
      ...alertBlocks(alerts, MOST.homeAlerts, listed),
      { type: 'divider' },
      { type: 'header', text: plain('My follow-ups', LIMIT.title) },
      ...(followUps.length === 0 ? [note('You have no open follow-up.')] : []),
      ...withMore(followUps, MOST.homeFollowUps, (followUp) => followUpBlocks(followUp, listed)),
      { type: 'divider' },
      note(
        `${others === 0 ? 'No other alert is' : others === 1 ? 'One other alert is' : `${others} other alerts are`} open. /redress list shows all of them.`,
      ),
    ],
  };
}

function alertBlocks(alerts: readonly Alert[], most: number, listed: Listed): Block[] {
  return withMore(alerts, most, (alert) => {
    const display = listed.displayOf(alert.metric);
    const since = formatDuration(listed.now - alert.startedAt);
    const impact = alert.kind === 'metric' ? `. ${impactWords(alert, display)}` : '';
    const about = `for ${since}${impact}. \`${alert.alertId.replaceAll('`', '')}\``;
    const followUp = listed.followUps.find(({ fingerprint }) => fingerprint === alert.fingerprint) ?? null;
    return [
      {
        type: 'section',
        text: markdown(
          `${markOf(alert)} *${slackText(headline(alert), LIMIT.line)}*\n${slackText(about, LIMIT.line)}`,
        ),
      },
      ...alertActions({ alert, followUp }),
    ];
  });
}

function followUpBlocks(followUp: FollowUp, { displayOf, now }: Pick<Listed, 'displayOf' | 'now'>): Block[] {
  const late = followUp.dueAt < now ? '⏰ ' : '';
  const status = slackText(followUpStatus(followUp, displayOf(followUp.metric)), LIMIT.line);
  return [{ type: 'section', text: markdown(`${late}${status}`) }, ...followUpActions(followUp)];
}

/** The blocks of the first items, and a line that says how many there are besides. */
function withMore<Item>(items: readonly Item[], most: number, blocks: (item: Item) => Block[]): Block[] {
  const more = items.length - most;
  return [...items.slice(0, most).flatMap(blocks), ...(more > 0 ? [note(`… and ${more} more`)] : [])];
}

function note(text: string): Block {
  return { type: 'context', elements: [markdown(slackText(text, LIMIT.line))] };
}
