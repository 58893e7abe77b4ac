import { type Command, InvalidArgumentError } from 'commander';
import { RedressError } from '../model/errors.js';
import { parseInstant } from '../model/event-schema.js';
import { openStore } from '../store/open-store.js';
import { type RejectedFilter, type RejectedInput, rejectedInputs } from '../store/rejected-inputs.js';
import type { Store } from '../store/store.js';
import { globalOptions, readConfiguration } from './context.js';
import type { CliIo } from './io.js';
import { formatFacts, formatTable, formatTime } from './table.js';

type FilterOptions = Pick<RejectedFilter, 'source' | 'reason' | 'field' | 'under' | 'since'>;

export function register(program: Command, io: CliIo): void {
  const rejected = program
    .command('rejected')
    .description('inputs that gave no event: list, show, and export to be fixed and fed again');

  withFilters(rejected.command('list', { isDefault: true }))
    .description('rejected inputs, newest first')
    .option('--limit <n>', 'at most so many', wholeNumber, 50)
    .action(async (options: FilterOptions & { limit: number }, command: Command) => {
      const inputs = await withStore(command, io, (store) => collect(rejectedInputs(store, options)));
      if (globalOptions(command).json) for (const input of inputs) io.out(JSON.stringify(wire(input)));
      else io.out(inputs.length === 0 ? 'No rejected inputs.' : inputTable(inputs));
    });

  rejected
    .command('show')
    .description('one rejected input as it came')
    .argument('<position>', 'where it came from, as the list shows it')
    .action(async (position: string, _options: unknown, command: Command) => {
      const inputs = await withStore(command, io, (store) => collect(rejectedInputs(store, { position })));
      if (inputs.length === 0)
        throw new RedressError(
          'not_found',
          `no rejected input came from ${position}; see redress rejected list`,
        );
      for (const input of inputs)
        io.out(globalOptions(command).json ? JSON.stringify(wire(input)) : `${facts(input)}\n\n${input.raw}`);
    });

  withFilters(rejected.command('export'))
    .description('rejected inputs as they came, one a line: fix them, and feed them with redress ingest')
    .action(async (options: FilterOptions, command: Command) => {
      let cut = 0;
      await withStore(command, io, async (store) => {
        for await (const inputs of rejectedInputs(store, options))
          for (const input of inputs) {
            if (input.reason === 'too_large') cut += 1;
            else io.out(oneLine(input.raw));
          }
      });
      if (cut > 0) io.err(`${cut} were too large: only their beginning is kept, so they are left out`);
    });
}

function withFilters(command: Command): Command {
  return command
    .option('--reason <reason>', 'such as malformed_json or missing_field')
    .option('--field <field>', 'the field at fault')
    .option('--source <source>', 'kafka, http or file')
    .option('--under <place>', "what its place begins with: a topic, 'topic/partition/', a file")
    .option('--since <time>', 'arrived at or after, such as 2026-05-01T00:00:00Z', instant);
}

async function withStore<T>(command: Command, io: CliIo, use: (store: Store) => Promise<T>): Promise<T> {
  const { service } = await readConfiguration(globalOptions(command).config, io);
  const open = await openStore(service.clickhouse);
  try {
    return await use(open.store);
  } finally {
    await open.close();
  }
}

async function collect(portions: AsyncIterable<readonly RejectedInput[]>): Promise<RejectedInput[]> {
  const all: RejectedInput[] = [];
  for await (const portion of portions) all.push(...portion);
  return all;
}

/** A line end within JSON is white space; within a text it is what makes the input malformed, and has to go. */
function oneLine(raw: string): string {
  return raw.replace(/[\r\n]+/g, ' ');
}

function wire({ receivedAt, ...input }: RejectedInput): Record<string, unknown> {
  return { received_at: new Date(receivedAt).toISOString(), ...input };
}

function facts({ receivedAt, source, position, reason, field, detail }: RejectedInput): string {
  return formatFacts([
    ['position', position],
    ['source', source],
    ['arrived', `${formatTime(new Date(receivedAt).toISOString())} UTC`],
    ['reason', reason],
    ['field', field],
    ['detail', detail],
  ]);
}

function inputTable(inputs: readonly RejectedInput[]): string {
  return formatTable(
    [
      { heading: 'ARRIVED' },
      { heading: 'POSITION' },
      { heading: 'REASON' },
      { heading: 'FIELD' },
      { heading: 'DETAIL' },
    ],
    inputs.map(({ receivedAt, position, reason, field, detail }) => [
      formatTime(new Date(receivedAt).toISOString()),
      position,
      reason,
      field,
      detail,
    ]),
  );
}

function instant(text: string): number {
  const value = parseInstant(text);
  if (value === null) throw new InvalidArgumentError('It is not a date and time with offset.');
  return value;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It is not a whole number.');
  return value;
}
