import type { Command } from 'commander';
import {
  SilenceAnswerSchema,
  SilenceListSchema,
  SilenceStorySchema,
  type SilenceWire,
} from '../http/silence-wire.js';
import { RedressError } from '../model/errors.js';
import { endOfSpan } from './alert-actions.js';
import { globalOptions } from './context.js';
import type { CliIo } from './io.js';
import { clientFor, withActor, withService } from './service-client.js';
import { type Column, formatFacts, formatTable, formatTime } from './table.js';

interface ServiceOptions {
  url: string;
}

interface ActOptions extends ServiceOptions {
  as: string;
}

interface MakeOptions extends ActOptions {
  match: string[];
  reason: string;
  for?: string;
  until?: string;
  untilResolved: boolean;
  from?: string;
  days?: string;
  hours?: string;
  timezone: string;
}

interface EditOptions extends ActOptions {
  match: string[];
  reason?: string;
  for?: string;
  until?: string;
}

export function register(program: Command, io: CliIo): void {
  const silences = program
    .command('silences')
    .description('silences of the running service: list, show, make, edit, end');

  withService(silences.command('list', { isDefault: true }))
    .description('silences that have not ended, newest first')
    .option('--state <states>', 'scheduled, active, ended or open; several with commas', 'open')
    .option('--all', 'whatever their state', false)
    .action(async (options: ServiceOptions & { state: string; all: boolean }, command: Command) => {
      const query = options.all ? '' : `?state=${encodeURIComponent(options.state)}`;
      const { silences: found } = await clientFor(options).get(`/v1/silences${query}`, SilenceListSchema);
      if (globalOptions(command).json) for (const silence of found) io.out(JSON.stringify(silence));
      else io.out(found.length === 0 ? 'No silences.' : silenceTable(found));
    });

  withService(silences.command('show'))
    .description('one silence, and what happened to it')
    .argument('<id>')
    .action(async (id: string, options: ServiceOptions, command: Command) => {
      const answer = await clientFor(options).get(pathOf(id), SilenceStorySchema);
      if (globalOptions(command).json) io.out(JSON.stringify({ ...answer.silence, story: answer.story }));
      else
        io.out(
          [
            silenceFacts(answer.silence),
            '',
            ...answer.story.map(
              ({ at, reason, actor }) => `${formatTime(at)}  ${reason.replaceAll('_', ' ')}, ${actor}`,
            ),
          ].join('\n'),
        );
    });

  /** Sends a command and says what has become of the silence. */
  const act = async (path: string, options: ActOptions, command: Command, more: object = {}) => {
    const body = { actor: options.as, ...more };
    const { silence } = await clientFor(options).post(path, body, SilenceAnswerSchema);
    io.out(globalOptions(command).json ? JSON.stringify(silence) : changeText(silence));
  };

  withActor(silences.command('make'))
    .description('record the alerts that match, and tell nobody')
    .requiredOption(
      '--match <condition...>',
      'region=GB, region=GB|IE, region!=GB or metric^=dispute_; all must hold',
    )
    .requiredOption('--reason <text>', 'why, for whoever wonders')
    .option('--for <span>', 'such as 4h')
    .option('--until <when>', 'ISO 8601 with an offset')
    .option('--until-resolved', 'until what it mutes is resolved', false)
    .option('--from <when>', 'when it begins; now unless given')
    .option('--days <days>', 'for a recurring one: mon,tue,…')
    .option('--hours <hours>', 'for a recurring one: 22:00-06:00')
    .option('--timezone <name>', 'of the hours', 'UTC')
    .action((options: MakeOptions, command: Command) =>
      act('/v1/silences', options, command, {
        match: matchOf(options.match),
        reason: options.reason,
        starts_at: options.from,
        ends_at: endOf(options),
        until_resolved: options.untilResolved,
        recurrence: recurrenceOf(options),
      }),
    );

  withActor(silences.command('edit'))
    .description('change a silence; what is left out stays')
    .argument('<id>')
    .option('--match <condition...>', 'as for make', [])
    .option('--reason <text>')
    .option('--for <span>', 'from now on, such as 4h')
    .option('--until <when>', 'ISO 8601 with an offset')
    .action((id: string, options: EditOptions, command: Command) =>
      act(`${pathOf(id)}/edit`, options, command, {
        match: options.match.length === 0 ? undefined : matchOf(options.match),
        reason: options.reason,
        ends_at: endOf(options),
      }),
    );

  withActor(silences.command('end'))
    .description('end a silence before its time; what still fires is announced again')
    .argument('<id>')
    .action((id: string, options: ActOptions, command: Command) =>
      act(`${pathOf(id)}/end`, options, command),
    );
}

const pathOf = (id: string): string => `/v1/silences/${encodeURIComponent(id)}`;

function endOf({ for: span, until }: Pick<MakeOptions, 'for' | 'until'>): string | undefined {
  return span === undefined ? until : endOfSpan(span, Date.now());
}

/** `region=GB|IE` is one of, `region!=GB` none of, `metric^=dispute_` a beginning. Throws `usage` for anything else. */
function matchOf(conditions: readonly string[]): Record<string, object> {
  return Object.fromEntries(
    conditions.map((condition) => {
      const [, label, operator, text] = /^([^=!^]+)(!=|\^=|=)(.*)$/s.exec(condition) ?? [];
      if (label === undefined || text === undefined)
        throw new RedressError('usage', `'${condition}' is not label=value, label!=value or label^=value`);
      const values = text.split('|');
      return [label, operator === '=' ? values : operator === '!=' ? { not: values } : { prefix: values }];
    }),
  );
}

function recurrenceOf({ days, hours, timezone }: MakeOptions): object | undefined {
  if (days === undefined && hours === undefined) return undefined;
  const [, from, to] = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(hours ?? '00:00-00:00') ?? [];
  if (from === undefined || to === undefined)
    throw new RedressError('usage', `'${hours}' is not hours such as 22:00-06:00`);
  return { days: (days ?? 'mon,tue,wed,thu,fri,sat,sun').split(','), from, to, timezone };
}

const COLUMNS: readonly Column[] = [
  { heading: 'SILENCE' },
  { heading: 'STATE' },
  { heading: 'WHAT' },
  { heading: 'UNTIL (UTC)' },
  { heading: 'WHO' },
  { heading: 'WHY' },
];

function silenceTable(silences: readonly SilenceWire[]): string {
  return formatTable(
    COLUMNS,
    silences.map((silence) => [
      silence.silence_id,
      silence.state,
      matchText(silence.match),
      untilText(silence),
      silence.author,
      silence.reason === '' ? '-' : silence.reason,
    ]),
  );
}

function silenceFacts(silence: SilenceWire): string {
  const { recurrence } = silence;
  return formatFacts([
    ['Silence', silence.silence_id],
    ['What', matchText(silence.match)],
    ['State', silence.state],
    ['From', `${formatTime(silence.starts_at)} UTC`],
    ['Until', `${untilText(silence)} UTC`],
    [
      'Hours',
      recurrence === null
        ? ''
        : `${recurrence.days.join(', ')} ${recurrence.from} to ${recurrence.to} ${recurrence.timezone}`,
    ],
    ['Who', silence.author],
    ['Why', silence.reason],
    ['Has muted', silence.matched ? 'alerts' : 'nothing so far'],
  ]);
}

function untilText({ until_resolved, ends_at }: SilenceWire): string {
  return until_resolved ? `resolved, at most ${formatTime(ends_at)}` : formatTime(ends_at);
}

function matchText(match: SilenceWire['match']): string {
  return Object.entries(match)
    .map(([label, matcher]) => {
      if (Array.isArray(matcher)) return `${label}=${matcher.join('|')}`;
      return 'not' in matcher
        ? `${label}!=${matcher.not.join('|')}`
        : `${label}^=${matcher.prefix.join('|')}`;
    })
    .join(' ');
}

function changeText(silence: SilenceWire): string {
  const until = silence.state === 'ended' ? '' : ` until ${untilText(silence)} UTC`;
  return `${silence.silence_id} is ${silence.state}${until}: ${matchText(silence.match)}.`;
}
