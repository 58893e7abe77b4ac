import type { SilenceCommand } from '../alerts/silence-command.js';
import { type Clock, DAY, HOUR, type Instant, MINUTE } from '../model/clock.js';
import type { Matchers } from '../model/matchers.js';
import type { Silence } from '../model/silence.js';
import { slackText } from '../notify/slack-text.js';
import { when } from './click-words.js';
import type { ServicePorts } from './ports.js';
import { SILENCE_REFUSALS } from './silence-refusals.js';
import type { SlackPerson, SlackReply } from './slack-inbound.js';
import { actedOnSilences, type SlackPermit } from './slack-permit.js';

type Ports = Pick<ServicePorts, 'silences' | 'slack'>;

/** What somebody has typed behind `/redress silence`. */
export type AskedSilence =
  | { kind: 'list' }
  | { kind: 'end'; silenceId: string }
  | ({ kind: 'make'; lasts: number | 'resolved' } & Words)
  /** What is not said stays as it is; the time counts from now. */
  | ({ kind: 'edit'; silenceId: string; lasts: number | null } & Words)
  | Unclear;

interface Words {
  /** Empty where no condition was named. */
  match: Matchers;
  reason: string;
}

interface Unclear {
  kind: 'unclear';
  what: string;
}

export const SILENCE_HELP = [
  '• `/redress silence metric=dispute_rate region=GB for 4h because SUPPLIER STRIKE`: tell nobody of such alerts for 4 hours (`m`, `h`, `d`), or `until resolved`',
  '• `/redress silence`: the silences that there are; `silence edit ID for 2h because NEWS`: change one; `silence end ID`: end one',
].join('\n');

const UNITS: Readonly<Record<string, number>> = { m: MINUTE, h: HOUR, d: DAY };

/**
 * Reads `label=value … for 4h because …`. A value with a blank in it stands in quotes, and several values of one
 * label have commas between them.
 */
export function parseSilence(text: string): AskedSilence {
  const [, before = '', reason = ''] = /^(.*?)(?:\s+because\s+(.*))?$/s.exec(text.trim()) ?? [];
  const words = before.match(/[\w.-]+=(?:"[^"]*"|“[^”]*”|\S+)|\S+/g) ?? [];
  const [first, id = ''] = words;
  if (first === undefined || first === 'list') return { kind: 'list' };
  const silenceId = id.replaceAll('`', '');
  if (first === 'end') return { kind: 'end', silenceId };
  const isEdit = first === 'edit';
  const read = conditions(isEdit ? words.slice(2) : words);
  if ('kind' in read) return read;
  const said = { match: read.match, reason: reason.trim().slice(0, 2_000) };
  const { lasts } = read;
  if (!isEdit)
    return lasts === null
      ? unclear('say for how long: `for 4h`, or `until resolved`')
      : { kind: 'make', ...said, lasts };
  if (lasts === 'resolved') return unclear('say from now on for how long: `for 4h`');
  const changes = lasts !== null || said.reason !== '' || Object.keys(said.match).length > 0;
  return changes
    ? { kind: 'edit', silenceId, ...said, lasts }
    : unclear('say what is to change: `silence edit ID for 2h because NEWS`');
}

const unclear = (what: string): Unclear => ({ kind: 'unclear', what });

/** Conditions, and for how long; null where that is not said. */
function conditions(
  words: readonly string[],
): { match: Matchers; lasts: number | 'resolved' | null } | Unclear {
  const match: Record<string, readonly string[]> = {};
  let lasts: number | 'resolved' | null = null;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const [, label, value] = /^([\w.-]+)=(.+)$/s.exec(word) ?? [];
    if (label !== undefined && value !== undefined) {
      const values = /^["“](.*)["”]$/s.exec(value)?.[1];
      match[label] = values === undefined ? value.split(',').filter((one) => one !== '') : [values];
    } else if (word === 'for') {
      const [, count, unit = ''] = /^(\d{1,4})([mhd])$/.exec(words[++at] ?? '') ?? [];
      const length = UNITS[unit];
      if (count === undefined || length === undefined)
        return unclear('a length of time such as 30m, 4h or 2d comes behind `for`');
      lasts = Number(count) * length;
    } else if (word === 'until' && words[at + 1] === 'resolved') {
      lasts = 'resolved';
      at += 1;
    } else return unclear(`I do not understand \`${word.slice(0, 60).replaceAll('`', '')}\``);
  }
  return { match, lasts };
}

/** Carries out what somebody asks of silences. */
export async function silenceByCommand(
  text: string,
  { ports, permit, clock }: { ports: Ports; permit: SlackPermit; clock: Clock },
  person: SlackPerson,
): Promise<SlackReply> {
  const asked = parseSilence(text);
  if (asked.kind === 'unclear') return `${slackText(asked.what, 200)}.\n${SILENCE_HELP}`;
  if (asked.kind === 'list') return listed(ports.silences.list());
  const refusal = await permit(person, actedOnSilences(person, ports));
  if (refusal !== null) return refusal;
  const actor = person.name;
  const answer = await ports.silences.act(commandOf(asked, actor, clock.now()));
  if (answer.outcome === 'not_found') return 'There is no such silence. `/redress silence` shows them.';
  if (answer.outcome === 'refused') return `Nothing was changed: ${SILENCE_REFUSALS[answer.reason]}.`;
  return `${DONE[asked.kind]}: ${words(answer.silence)}`;
}

const DONE = { make: 'Nobody is told now', edit: 'Changed', end: 'The silence is over' } as const;

function commandOf(
  asked: Extract<AskedSilence, { kind: 'make' | 'edit' | 'end' }>,
  actor: string,
  now: Instant,
): SilenceCommand {
  switch (asked.kind) {
    case 'end':
      return { kind: 'end', silenceId: asked.silenceId, actor };
    case 'make': {
      const { match, reason, lasts } = asked;
      const end = lasts === 'resolved' ? { untilResolved: true } : { endsAt: now + lasts };
      return { kind: 'make', actor, match, reason, ...end };
    }
    case 'edit': {
      const { silenceId, match, reason, lasts } = asked;
      return {
        ...{ kind: 'edit', silenceId, actor },
        ...(Object.keys(match).length === 0 ? {} : { match }),
        ...(reason === '' ? {} : { reason }),
        ...(lasts === null ? {} : { endsAt: now + lasts }),
      };
    }
  }
}

/** More than so many are a list for another place. */
const MOST_LISTED = 20;

function listed(silences: readonly Silence[]): string {
  const running = silences.filter(({ state }) => state !== 'ended').sort((a, b) => a.endsAt - b.endsAt);
  if (running.length === 0) return `Nothing is silenced.\n${SILENCE_HELP}`;
  const more = running.length - MOST_LISTED;
  const lines = running.slice(0, MOST_LISTED).map((silence) => `• ${words(silence)}`);
  return [...lines, ...(more > 0 ? [`… and ${more} more`] : [])].join('\n');
}

function words({ silenceId, match, author, reason, endsAt, untilResolved, state }: Silence): string {
  const conditions = Object.entries(match).map(([label, matcher]) => {
    if ('not' in matcher) return `${label} not ${matcher.not.join(' or ')}`;
    return 'prefix' in matcher
      ? `${label} ${matcher.prefix.join('… or ')}…`
      : `${label} ${matcher.join(' or ')}`;
  });
  const what = slackText(conditions.join(', '), 300);
  const until =
    state === 'ended'
      ? ''
      : untilResolved
        ? `, until all is resolved, at the latest ${when(endsAt)}`
        : `, until ${when(endsAt)}`;
  const why = reason === '' ? '' : `, because ${slackText(reason, 200)}`;
  return `*${what}*${until}, by ${slackText(author, 80)}${why} (\`${slackText(silenceId, 200)}\`)`;
}
