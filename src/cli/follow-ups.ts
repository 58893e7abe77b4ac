import type { Command } from 'commander';
import { FollowUpAnswerSchema, FollowUpListSchema, type FollowUpWire } from '../http/follow-up-wire.js';
import { formatSliceWords } from '../notify/wording.js';
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

export function register(program: Command, io: CliIo): void {
  const followUps = program
    .command('follow-ups')
    .description('follow-ups of the running service: list, show, act');

  withService(followUps.command('list', { isDefault: true }))
    .description('follow-ups that are not closed, soonest due first')
    .option('--state <states>', 'open, acknowledged, …, or not_closed; several with commas', 'not_closed')
    .option('--all', 'whatever their state', false)
    .action(async (options: ServiceOptions & { state: string; all: boolean }, command: Command) => {
      const query = options.all ? '' : `?state=${encodeURIComponent(options.state)}`;
      const answer = await clientFor(options).get(`/v1/follow-ups${query}`, FollowUpListSchema);
      if (globalOptions(command).json)
        for (const followUp of answer.follow_ups) io.out(JSON.stringify(followUp));
      else io.out(answer.follow_ups.length === 0 ? 'No follow-ups.' : followUpTable(answer.follow_ups));
    });

  withService(followUps.command('show'))
    .description('one follow-up')
    .argument('<id>')
    .action(async (id: string, options: ServiceOptions, command: Command) => {
      const { follow_up } = await clientFor(options).get(pathOf(id), FollowUpAnswerSchema);
      io.out(globalOptions(command).json ? JSON.stringify(follow_up) : followUpFacts(follow_up));
    });

  /** Sends a command and says what has become of the follow-up. */
  const act = async (path: string, options: ActOptions, command: Command, more: object = {}) => {
    const body = { actor: options.as, ...more };
    const { follow_up } = await clientFor(options).post(path, body, FollowUpAnswerSchema);
    io.out(globalOptions(command).json ? JSON.stringify(follow_up) : changeText(follow_up));
  };

  withActor(followUps.command('open'))
    .description('open a follow-up for an alert')
    .argument('<alert-id>')
    .option('--title <text>', "the alert's unless given")
    .option('--owner <id>', "the alert's unless given")
    .option('--priority <priority>', 'low, normal, high or urgent')
    .option('--note <text>')
    .action((alertId: string, options: ActOptions & Record<string, string>, command: Command) => {
      const { title, owner, priority, note } = options;
      return act('/v1/follow-ups', options, command, { alert_id: alertId, title, owner, priority, note });
    });

  for (const [name, path, description] of PLAIN_ACTIONS) {
    withActor(followUps.command(name))
      .description(description)
      .argument('<id>')
      .action((id: string, options: ActOptions, command: Command) =>
        act(`${pathOf(id)}/${path}`, options, command),
      );
  }
  withActor(followUps.command('fix'))
    .description('say that the fix is out; from then on the metric is watched')
    .argument('<id>')
    .option('--at <when>', 'when it went out, ISO 8601 with an offset; now unless given')
    .action((id: string, options: ActOptions & { at?: string }, command: Command) =>
      act(`${pathOf(id)}/ship-fix`, options, command, { shipped_at: options.at }),
    );
  withActor(followUps.command('wont-do'))
    .description('close without a fix')
    .argument('<id>')
    .requiredOption('--reason <text>', 'why it is not done')
    .action((id: string, options: ActOptions & { reason: string }, command: Command) =>
      act(`${pathOf(id)}/wont-do`, options, command, { reason: options.reason }),
    );
  withActor(followUps.command('assign'))
    .description('give it to another owner')
    .argument('<id>')
    .argument('<owner>', "an owner's id")
    .action((id: string, owner: string, options: ActOptions, command: Command) =>
      act(`${pathOf(id)}/assign`, options, command, { owner }),
    );
  withActor(followUps.command('due'))
    .description('set another due date')
    .argument('<id>')
    .argument('<when>', 'ISO 8601 with an offset: 2026-03-10T12:00:00Z')
    .action((id: string, when: string, options: ActOptions, command: Command) =>
      act(`${pathOf(id)}/due`, options, command, { due_at: when }),
    );
}

const PLAIN_ACTIONS = [
  ['ack', 'acknowledge', 'take note of it'],
  ['start', 'start', 'begin the work'],
  ['reopen', 'reopen', 'open a closed one again'],
] as const;

const pathOf = (id: string): string => `/v1/follow-ups/${encodeURIComponent(id)}`;

const COLUMNS: readonly Column[] = [
  { heading: 'FOLLOW-UP' },
  { heading: 'STATE' },
  { heading: 'PRIORITY' },
  { heading: 'DUE (UTC)' },
  { heading: 'WHAT' },
  { heading: 'WHERE' },
  { heading: 'OWNER' },
];

function followUpTable(followUps: readonly FollowUpWire[]): string {
  return formatTable(
    COLUMNS,
    followUps.map((followUp) => [
      followUp.follow_up_id,
      stateText(followUp),
      followUp.priority,
      formatTime(followUp.due_at),
      followUp.title,
      formatSliceWords(followUp.slice),
      followUp.owner === '' ? '-' : followUp.owner,
    ]),
  );
}

function followUpFacts(followUp: FollowUpWire): string {
  const { effect } = followUp;
  return formatFacts([
    ['Follow-up', followUp.follow_up_id],
    ['Alert', followUp.alert_id],
    ['What', `${followUp.title} (${followUp.priority})`],
    ['Metric', `${followUp.metric}, ${formatSliceWords(followUp.slice)}`],
    ['State', stateText(followUp)],
    ['Owner', followUp.owner],
    ['Due', `${formatTime(followUp.due_at)} UTC`],
    ['Opened', `${formatTime(followUp.opened_at)} UTC`],
    ['Fix shipped', followUp.fix_shipped_at === null ? '' : `${formatTime(followUp.fix_shipped_at)} UTC`],
    ['Closed', followUp.closed_at === null ? '' : `${formatTime(followUp.closed_at)} UTC`],
    ['Reopened', followUp.times_reopened === 0 ? '' : `${followUp.times_reopened} times`],
    [
      'Effect',
      effect === null
        ? ''
        : `${number(effect.before)} before, ${number(effect.during)} during, ${number(effect.after)} after (${effect.points} points); spares ${number(effect.saved_per_week)} a week`,
    ],
    ['Note', followUp.note],
    ['Previous', followUp.previous],
  ]);
}

function changeText(followUp: FollowUpWire): string {
  const owner = followUp.owner === '' ? 'nobody owns it' : `owner ${followUp.owner}`;
  return `${followUp.follow_up_id} is ${stateText(followUp)}, ${owner}, due ${formatTime(followUp.due_at)} UTC.`;
}

function stateText({ state, watch }: FollowUpWire): string {
  const words = state === 'wont_do' ? "won't do" : state.replaceAll('_', ' ');
  return watch === null ? words : `${words} (${watch.points_in_band} of ${watch.points_needed} points)`;
}

/** Three digits that say something, because the unit is not known here. */
function number(value: number): string {
  return new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 3 }).format(value);
}
