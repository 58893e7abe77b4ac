import type { Command } from 'commander';
import { FollowUpAnswerSchema, FollowUpListSchema, FollowUpStorySchema } from '../http/follow-up-wire.js';
import { RedressError } from '../model/errors.js';
import { globalOptions } from './context.js';
import { registerLoad } from './follow-up-load.js';
import { changeText, followUpFacts, followUpTable, historyLines } from './follow-up-page.js';
import type { CliIo } from './io.js';
import { clientFor, withActor, withService } from './service-client.js';

interface ServiceOptions {
  url: string;
}

interface ActOptions extends ServiceOptions {
  as: string;
}

interface ListOptions extends ServiceOptions {
  state: string;
  all: boolean;
  owner?: string;
  metric?: string;
  slice?: string;
  priority?: string;
  alert?: string;
  dueBefore?: string;
  limit?: string;
}

type OpenOptions = Partial<
  Record<'metric' | 'slice' | 'since' | 'title' | 'owner' | 'priority' | 'note', string>
>;

export function register(program: Command, io: CliIo): void {
  const followUps = program
    .command('follow-ups')
    .description('follow-ups of the running service: list, show, act');

  withService(followUps.command('list', { isDefault: true }))
    .description('follow-ups that are not closed, soonest due first')
    .option('--state <states>', 'open, acknowledged, …, or not_closed; several with commas', 'not_closed')
    .option('--all', 'whatever their state', false)
    .option('--owner <id>', "an owner's")
    .option('--metric <id>', 'of one metric')
    .option('--slice <slice>', 'of one slice, such as region=GB')
    .option('--priority <priority>', 'low, normal, high or urgent')
    .option('--alert <id>', 'those that the alert hangs on')
    .option('--due-before <when>', 'ISO 8601 with an offset')
    .option('--limit <n>', 'at most so many')
    .action(async (options: ListOptions, command: Command) => {
      const path = `/v1/follow-ups${queryOf(options)}`;
      const answer = await clientFor(options).get(path, FollowUpListSchema);
      if (globalOptions(command).json)
        for (const followUp of answer.follow_ups) io.out(JSON.stringify(followUp));
      else io.out(answer.follow_ups.length === 0 ? 'No follow-ups.' : followUpTable(answer.follow_ups));
    });

  registerLoad(followUps, io);

  withService(followUps.command('show'))
    .description('one follow-up and its history')
    .argument('<id>')
    .action(async (id: string, options: ServiceOptions, command: Command) => {
      const { follow_up, history } = await clientFor(options).get(pathOf(id), FollowUpStorySchema);
      if (globalOptions(command).json) io.out(JSON.stringify({ ...follow_up, history }));
      else io.out([followUpFacts(follow_up), ...historyLines(history)].join('\n'));
    });

  /** Sends a command and says what has become of the follow-up. */
  const act = async (path: string, options: ActOptions, command: Command, more: object = {}) => {
    const body = { actor: options.as, ...more };
    const { follow_up } = await clientFor(options).post(path, body, FollowUpAnswerSchema);
    io.out(globalOptions(command).json ? JSON.stringify(follow_up) : changeText(follow_up));
  };

  withActor(followUps.command('open'))
    .description('open a follow-up for an alert, or by hand for a metric and a slice')
    .argument('[alert-id]')
    .option('--metric <id>', 'without an alert: the metric that will prove the fix')
    .option(
      '--slice <slice>',
      "what the fix is proven on, such as region=GB; with --metric all unless given, of an alert its main cause's or its own",
    )
    .option('--since <when>', 'with --metric: when the trouble began; a day ago unless given')
    .option('--title <text>', "the alert's unless given; needed with --metric")
    .option('--owner <id>', 'whoever owns the slice unless given')
    .option('--priority <priority>', 'low, normal, high or urgent')
    .option('--note <text>')
    .action(async (alertId: string | undefined, options: ActOptions & OpenOptions, command: Command) => {
      const { metric, slice, since, title, owner, priority, note } = options;
      if ((alertId === undefined) === (metric === undefined)) {
        throw new RedressError('usage', "'follow-ups open' needs an alert's id, or --metric and --title");
      }
      const about = alertId === undefined ? { metric, slice, since } : { alert_id: alertId, slice };
      await act('/v1/follow-ups', options, command, { ...about, title, owner, priority, note });
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
    .option('--reason <text>', 'why, for the one who takes over')
    .action((id: string, owner: string, options: ActOptions & { reason?: string }, command: Command) =>
      act(`${pathOf(id)}/assign`, options, command, { owner, reason: options.reason }),
    );
  withActor(followUps.command('due'))
    .description('set another due date')
    .argument('<id>')
    .argument('<when>', 'a day, which ends at midnight UTC, or ISO 8601 with an offset: 2026-03-10T12:00:00Z')
    .requiredOption('--reason <text>', 'why')
    .action((id: string, when: string, options: ActOptions & { reason: string }, command: Command) =>
      act(`${pathOf(id)}/due`, options, command, { due_at: endOfDay(when), reason: options.reason }),
    );
  withActor(followUps.command('priority'))
    .description('set another priority')
    .argument('<id>')
    .argument('<priority>', 'low, normal, high or urgent')
    .requiredOption('--reason <text>', 'why')
    .action((id: string, priority: string, options: ActOptions & { reason: string }, command: Command) =>
      act(`${pathOf(id)}/priority`, options, command, { priority, reason: options.reason }),
    );
  for (const [name, path, field, description] of WRITINGS) {
    withActor(followUps.command(name))
      .description(description)
      .argument('<id>')
      .argument(`<${field.replace('_', '-')}>`)
      .action((id: string, text: string, options: ActOptions, command: Command) =>
        act(`${pathOf(id)}/${path}`, options, command, { [field]: text }),
      );
  }
}

/** What is written onto a follow-up: verb, address, field and what it is. */
const WRITINGS = [
  ['note', 'notes', 'text', 'write a note'],
  ['link', 'links', 'url', 'add a link, such as to a ticket elsewhere'],
  ['action', 'action', 'action', 'say what will be done about it'],
  ['attach', 'alerts', 'alert_id', 'hang one more alert of the same metric on it'],
] as const;

function queryOf({
  all,
  state,
  owner,
  metric,
  slice,
  priority,
  alert,
  dueBefore,
  limit,
}: ListOptions): string {
  const asked = {
    state: all ? undefined : state,
    owner,
    metric,
    slice,
    priority,
    alert,
    due_before: dueBefore,
    limit,
  };
  const given = Object.entries(asked).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return given.length === 0 ? '' : `?${given.join('&')}`;
}

const PLAIN_ACTIONS = [
  ['ack', 'acknowledge', 'take note of it'],
  ['start', 'start', 'begin the work'],
  ['reopen', 'reopen', 'open a closed one again'],
] as const;

const pathOf = (id: string): string => `/v1/follow-ups/${encodeURIComponent(id)}`;

/** A day alone is good until its end. */
function endOfDay(when: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(when) ? `${when}T23:59:59Z` : when;
}
