import type { Command } from 'commander';
import {
  ANNOUNCED_KINDS,
  AnnotationAnswerSchema,
  AnnotationListSchema,
  type AnnotationWire,
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
        effect: options.hold ? 'hold' : undefined,
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
      formatTime(annotation.starts_at),
      formatTime(annotation.ends_at),
      annotation.author === '' ? annotation.origin : annotation.author,
    ]),
  );
}
