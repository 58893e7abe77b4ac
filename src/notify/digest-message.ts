import { DAY, HOUR, type Instant, MINUTE } from '../model/clock.js';
import type { Digest } from '../model/digest.js';
import type { FollowUp } from '../model/follow-up.js';
import type { MetricDisplay } from './contract.js';
import { markdownText } from './markdown-text.js';
import type { Block } from './slack-blocks.js';
import { slackText } from './slack-text.js';
import { formatMoney, formatSliceWords, formatValue, inZone } from './wording.js';

/** What a digest is written with. */
export interface DigestContext {
  timezone: string;
  displayOf(metric: string): MetricDisplay;
}

/** A heading and its lines, with the text of people and data still as they wrote it. */
interface Section {
  title: string;
  /** Written as a list; `[strong, rest]`. */
  lines: readonly (readonly [strong: string, rest: string])[];
}

/** The digest as Markdown. Text that people or events have written is shown as it is, and never as markup. */
export function digestMarkdown(digest: Digest, context: DigestContext): string {
  const parts = sectionsOf(digest, context).map(
    ({ title, lines }) =>
      `## ${title}\n\n${lines.map(([strong, rest]) => `- **${markdownText(strong)}**${markdownText(rest)}`).join('\n')}`,
  );
  return [`# ${markdownText(digestTitle(digest, context))}`, ...parts].join('\n\n');
}

/** The digest as blocks of Slack's Block Kit, within its limits of 3,000 characters a section. */
export function digestBlocks(digest: Digest, context: DigestContext): Block[] {
  const sections = sectionsOf(digest, context).map(({ title, lines }): Block => {
    const written = lines.map(([strong, rest]) => `• *${slackText(strong, 200)}*${slackText(rest, 400)}`);
    return { type: 'section', text: { type: 'mrkdwn', text: fitted(`*${title}*`, written) } };
  });
  return [
    { type: 'header', text: { type: 'plain_text', text: digestTitle(digest, context).slice(0, 150) } },
    ...sections,
  ];
}

const LONGEST_SECTION = 2_900;

/** As many lines as there is room for, and how many there were besides. */
function fitted(title: string, lines: readonly string[]): string {
  let text = title;
  for (const [index, line] of lines.entries()) {
    if (text.length + line.length + 1 > LONGEST_SECTION) return `${text}\n… and ${lines.length - index} more`;
    text += `\n${line}`;
  }
  return text;
}

/** Whose digest it is, and of which days. */
export function digestTitle(
  { from, to, owner }: Digest,
  { timezone }: Pick<DigestContext, 'timezone'>,
): string {
  const whose = owner === null ? '' : ` for ${owner}`;
  return `Improvements${whose}, ${day(from, timezone)} to ${day(to - 1, timezone)}`;
}

function sectionsOf(digest: Digest, context: DigestContext): Section[] {
  const sections: Section[] = [
    {
      title: `Verified by the metric (${digest.verified.length})`,
      lines: digest.verified.map((it) => improvement(it, context)),
    },
    { title: `Opened (${digest.opened.length})`, lines: digest.opened.map((it) => standing(it, context)) },
    {
      title: `Opened again (${digest.reopened.length})`,
      lines: digest.reopened.map((it) => standing(it, context)),
    },
    {
      title: `Overdue (${digest.overdue.length})`,
      lines: digest.overdue.map((it) => standing(it, context, `, ${days(digest.to - it.dueAt)} overdue`)),
    },
    {
      title: `Open for long (${digest.ageing.length})`,
      lines: digest.ageing.map((it) => standing(it, context, `, open for ${days(digest.to - it.openedAt)}`)),
    },
    {
      title: 'Alerts by metric',
      lines: digest.alerts.map(({ metric, fired, followedUp, stillOpen, judged, precision }) => [
        context.displayOf(metric).title,
        `: ${fired} fired, ${followedUp} followed up, ${stillOpen} not over${precision === null ? '' : `, ${percent(precision)} of the ${judged} that people judged were worth it`}`,
      ]),
    },
    {
      title: 'Noisiest rules',
      lines: digest.noisiest.map(({ metric, slice, fired, unwanted }) => [
        `${context.displayOf(metric).title}, ${formatSliceWords(slice)}`,
        `: fired ${fired === 1 ? 'once' : `${fired} times`}${unwanted === 0 ? '' : `, ${unwanted} of them not wanted`}`,
      ]),
    },
    { title: 'Work load', lines: workloadLines(digest) },
  ];
  const told = sections.filter(({ lines }) => lines.length > 0);
  return told.length > 0
    ? told
    : [{ title: 'Nothing happened', lines: [['No alerts', ' and no follow-ups']] }];
}

function standing(followUp: FollowUp, { timezone }: DigestContext, more?: string): readonly [string, string] {
  const owner = followUp.owner === '' ? 'nobody owns it' : followUp.owner;
  const state = followUp.state === 'wont_do' ? "won't do" : followUp.state.replaceAll('_', ' ');
  const due = more ?? (followUp.closedAt === null ? `, due ${day(followUp.dueAt, timezone)}` : '');
  return [followUp.title, `: ${state}, ${followUp.priority}, ${owner}${due}`];
}

/** What was changed, with how sure that is: the numbers that the digest is read for. */
function improvement(followUp: FollowUp, { displayOf }: DigestContext): readonly [string, string] {
  const { effect, metric } = followUp;
  if (effect === null) return [followUp.title, ''];
  const display = displayOf(metric);
  const value = (level: number) => formatValue(level, display);
  const levels = `: ${value(effect.during)} to ${value(effect.after)}, ${value(effect.before)} before the incident`;
  const { evidence } = effect;
  if (evidence === undefined) return [followUp.title, `${levels} (${effect.points} points)`];
  const credited = evidence.net ?? evidence.difference;
  const beyond =
    evidence.net === null ? '' : `, beyond what ${evidence.net.sisters} slices without the fix did as well`;
  const saved =
    display.unit === 'amount'
      ? ''
      : `; saves ${formatValue(effect.savedPerWeek, { ...display, unit: 'count' })} ${display.counted} a week`;
  const { moneyPerWeek } = evidence;
  const money =
    moneyPerWeek.estimate > 0
      ? `, ${formatMoney(moneyPerWeek.estimate, display.currency)} (${formatMoney(moneyPerWeek.lower, display.currency)} to ${formatMoney(moneyPerWeek.upper, display.currency)})`
      : '';
  return [
    followUp.title,
    `${levels}; changed by ${value(credited.estimate)} (90 % interval ${value(credited.lower)} to ${value(credited.upper)}${beyond})${saved}${money}`,
  ];
}

function workloadLines({ workload }: Digest): Section['lines'] {
  const figures: (readonly [string, string | null])[] = [
    ['Time to acknowledge', workload.timeToAcknowledge === null ? null : span(workload.timeToAcknowledge)],
    ['Time to fix', workload.timeToFix === null ? null : span(workload.timeToFix)],
    ['Time to verify', workload.timeToVerify === null ? null : span(workload.timeToVerify)],
    ['Verified of what was closed', workload.shareVerified === null ? null : percent(workload.shareVerified)],
    ['Opened again of what was verified', workload.reopenRate === null ? null : percent(workload.reopenRate)],
  ];
  return [
    ...workload.open.map(({ owner, open, overdue, byPriority, byAge }): readonly [string, string] => {
      const priorities = Object.entries(byPriority).filter(([, count]) => count > 0);
      const parts = priorities.reverse().map(([priority, count]) => `${count} ${priority}`);
      return [
        owner === '' ? 'Nobody' : owner,
        `: ${open} open (${parts.join(', ')}), ${overdue} overdue${byAge.months === 0 ? '' : `, ${byAge.months} for more than four weeks`}`,
      ];
    }),
    ...figures.flatMap(([name, text]) =>
      text === null
        ? []
        : [
            [
              name,
              `: ${text} (median)`.replace(/ \(median\)$/, name.startsWith('Time') ? ' (median)' : ''),
            ] as const,
          ],
    ),
  ];
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function day(at: Instant, timezone: string): string {
  return inZone(at, timezone).toFormat('ccc d LLL yyyy');
}

function days(duration: number): string {
  const count = Math.max(1, Math.floor(duration / DAY));
  return count === 1 ? '1 day' : `${count} days`;
}

function span(duration: number): string {
  if (duration < HOUR) return `${Number((duration / MINUTE).toPrecision(2))} min`;
  return duration < 2 * DAY
    ? `${Number((duration / HOUR).toPrecision(2))} h`
    : `${Number((duration / DAY).toPrecision(2))} days`;
}
