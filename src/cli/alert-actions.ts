import type { Command } from 'commander';
import { DurationSchema } from '../config/text-forms.js';
import { AlertAnswerSchema, type AlertWire } from '../http/alert-wire.js';
import { RedressError } from '../model/errors.js';
import { globalOptions } from './context.js';
import type { CliIo } from './io.js';
import { clientFor, withActor } from './service-client.js';
import { formatTime } from './table.js';

interface ActOptions {
  url: string;
  as: string;
}

interface SnoozeOptions extends ActOptions {
  for?: string;
  until?: string;
  untilResolved: boolean;
  note?: string;
}

export const alertPath = (id: string): string => `/v1/alerts/${encodeURIComponent(id)}`;

/** What people do to alerts: `redress alerts ack`, `resolve`, `snooze`, `feedback`, `hand-over`. */
export function registerActions(alerts: Command, io: CliIo): void {
  const act = async (id: string, path: string, options: ActOptions, command: Command, more: object = {}) => {
    const body = { actor: options.as, ...more };
    const { alert } = await clientFor(options).post(`${alertPath(id)}/${path}`, body, AlertAnswerSchema);
    io.out(globalOptions(command).json ? JSON.stringify(alert) : changeText(alert));
  };

  withActor(alerts.command('ack'))
    .description('acknowledge an alert: its escalation pauses')
    .argument('<id>')
    .action((id: string, options: ActOptions, command: Command) => act(id, 'acknowledge', options, command));

  withActor(alerts.command('resolve'))
    .description('resolve an alert by hand')
    .argument('<id>')
    .action((id: string, options: ActOptions, command: Command) => act(id, 'resolve', options, command));

  withActor(alerts.command('snooze'))
    .description('mute one alert for a time, or until it is resolved')
    .argument('<id>')
    .option('--for <span>', 'such as 4h')
    .option('--until <when>', 'ISO 8601 with an offset')
    .option('--until-resolved', 'as long as it lasts', false)
    .option('--note <text>', 'why')
    .action((id: string, options: SnoozeOptions, command: Command) =>
      act(id, 'snooze', options, command, { until: endOfSnooze(options, Date.now()), note: options.note }),
    );

  withActor(alerts.command('feedback'))
    .description('say what an alert was worth: true, false_alarm, expected or new_normal')
    .argument('<id>')
    .argument('<verdict>')
    .option('--note <text>', 'what to remember of it')
    .action((id: string, verdict: string, options: ActOptions & { note?: string }, command: Command) =>
      act(id, 'feedback', options, command, { verdict: verdict.replaceAll('-', '_'), note: options.note }),
    );

  withActor(alerts.command('hand-over'))
    .description('give an alert to another owner')
    .argument('<id>')
    .argument('<owner>', "an owner's id")
    .action((id: string, owner: string, options: ActOptions, command: Command) =>
      act(id, 'hand-over', options, command, { owner }),
    );
}

function endOfSnooze(options: SnoozeOptions, now: number): string {
  const { for: span, until, untilResolved } = options;
  const given = [span !== undefined, until !== undefined, untilResolved].filter(Boolean).length;
  if (given !== 1)
    throw new RedressError('usage', "'alerts snooze' needs --for, --until or --until-resolved");
  if (untilResolved) return 'resolved';
  return until ?? endOfSpan(span ?? '', now);
}

/** When a span such as `4h` from now is over, as the API takes it. Throws `usage` for anything else. */
export function endOfSpan(span: string, now: number): string {
  const read = DurationSchema.safeParse(span);
  if (!read.success) throw new RedressError('usage', `'${span}' is not a span such as 30m, 4h or 2d`);
  return new Date(now + read.data).toISOString();
}

function changeText({ alert_id, state, owner, silence }: AlertWire): string {
  const muted =
    silence === null
      ? ''
      : silence.until === null
        ? ', silenced until it is resolved'
        : `, silenced until ${formatTime(silence.until)} UTC`;
  return `${alert_id} is ${state}${owner === '' ? '' : `, owner ${owner}`}${muted}.`;
}
