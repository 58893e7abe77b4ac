import { type Command, InvalidArgumentError } from 'commander';
import {
  ANNOUNCED_KINDS,
  AnnotationAnswerSchema,
  AnnotationListSchema,
  type AnnotationWire,
  type EffectWire,
} from '../http/annotation-wire.js';
import { RedressError } from '../model/errors.js';
import { formatSlice, parseSlice } from '../model/slice.js';
import { endOfSpan } from './alert-actions.js';
import { globalOptions } from './context.js';
import type { CliIo } from './io.js';
import { clientFor, withActor, withService } from './service-client.js';
import { type Column, formatTable, formatTime } from './table.js';

interface ServiceOptions {
  url: string;
}

interface ActOptions extends ServiceOptions {
  as: string;
}

interface MakeOptions extends ActOptions {
  kind: string;
  slice: string;
  metric?: string[];
  hold: boolean;
  widen?: number;
  times?: number;
  plus?: number;
  mute: boolean;
  from?: string;
  until?: string;
  for?: string;
}

export function register(program: Command, io: CliIo): void {
  const annotations = program
    .command('annotations')
    .description('campaigns, closures and outages that explain figures: list, make, end');

  withService(annotations.command('list', { isDefault: true }))
    .description('those of the last 30 days and the next 90, by when they begin')
    .action(async (options: ServiceOptions, command: Command) => {
      const { annotations: found } = await clientFor(options).get('/v1/annotations', AnnotationListSchema);
      if (globalOptions(command).json) for (const annotation of found) io.out(JSON.stringify(annotation));
      else io.out(found.length === 0 ? 'No annotations.' : annotationTable(found));
    });

  const act = async (path: string, options: ActOptions, command: Command, more: object = {}) => {
    const body = { actor: options.as, ...more };
    const { annotation } = await clientFor(options).post(path, body, AnnotationAnswerSchema);
    io.out(globalOptions(command).json ? JSON.stringify(annotation) : annotationTable([annotation]));
  };

  withActor(annotations.command('make'))
    .description('announce something that explains figures')
    .argument('<title>')
    .requiredOption('--kind <kind>', ANNOUNCED_KINDS.join(', '))
    .option('--slice <slice>', 'what it concerns, such as region=GB', 'all')
    .option('--metric <id...>', 'these metrics only')
    .option('--hold', 'what it concerns is not judged meanwhile', false)
    .option('--widen <factor>', 'a deviation counts for so many times less: 2', number)
    .option('--times <factor>', 'so many times as much is expected: 1.5', number)
    .option('--plus <amount>', "so much more is expected, in the metric's unit: 0.01", number)
    .option('--mute', 'nobody is told of alerts on what it concerns', false)
    .option('--from <when>', 'ISO 8601 with an offset; now unless given')
    .option('--for <span>', 'such as 4h, from now')
    .option('--until <when>', 'ISO 8601 with an offset')
    .action((title: string, options: MakeOptions, command: Command) =>
      act('/v1/annotations', options, command, {
        title,
        kind: options.kind,
        scope: parseSlice(options.slice),
        metrics: options.metric,
        effect: effectOf(options),
        mute: options.mute,
        starts_at: options.from,
        ends_at: endOf(options),
      }),
    );

  withActor(annotations.command('end'))
    .description('end one before its time; one that has not begun is taken back')
    .argument('<id>')
    .action((id: string, options: ActOptions, command: Command) =>
      act(`/v1/annotations/${encodeURIComponent(id)}/end`, options, command),
    );
}

function number(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new InvalidArgumentError('a number is wanted');
  return value;
}

/** What the metric's own calendar says of the kind, unless one of them is asked for. */
function effectOf({ hold, widen, times, plus }: MakeOptions): EffectWire | undefined {
  const shift = times !== undefined || plus !== undefined;
  if ([hold, widen !== undefined, shift].filter(Boolean).length > 1)
    throw new RedressError('usage', 'say one of --hold, --widen, and --times or --plus');
  if (hold) return 'hold';
  if (widen !== undefined) return { widen };
  return shift ? { times, plus } : undefined;
}

/** What it does, for people: `held`, `band × 2`, `× 1.5`. */
function effectWords(effect: EffectWire | null): string {
  if (effect === null) return "the metric's";
  if (typeof effect === 'string') return effect === 'hold' ? 'held' : 'shown only';
  if ('widen' in effect) return `band × ${effect.widen}`;
  const parts = [
    effect.times === undefined || effect.times === 1 ? '' : `× ${effect.times}`,
    effect.plus === undefined || effect.plus === 0
      ? ''
      : `${effect.plus > 0 ? '+' : '-'} ${Math.abs(effect.plus)}`,
  ];
  return parts.filter((part) => part !== '').join(' ') || 'shown only';
}

function endOf({ for: span, until }: MakeOptions): string {
  if ((span === undefined) === (until === undefined))
    throw new RedressError('usage', 'say when it ends: --for 4h or --until 2026-03-01T10:00Z');
  return until ?? endOfSpan(span ?? '', Date.now());
}

const COLUMNS: readonly Column[] = [
  { heading: 'ANNOTATION' },
  { heading: 'KIND' },
  { heading: 'TITLE' },
  { heading: 'WHERE' },
  { heading: 'EFFECT' },
  { heading: 'FROM (UTC)' },
  { heading: 'UNTIL (UTC)' },
  { heading: 'WHO' },
];

function annotationTable(found: readonly AnnotationWire[]): string {
  return formatTable(
    COLUMNS,
    found.map((annotation) => [
      annotation.annotation_id,
      annotation.kind.replaceAll('_', ' '),
      annotation.title,
      formatSlice(annotation.scope),
      effectWords(annotation.effect),
      formatTime(annotation.starts_at),
      formatTime(annotation.ends_at),
      annotation.author === '' ? annotation.origin : annotation.author,
    ]),
  );
}
