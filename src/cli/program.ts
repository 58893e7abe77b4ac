import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { messageOf, RedressError } from '../model/errors.js';
import { type CliIo, processIo } from './io.js';

/** Exit statuses. */
const DONE = 0;
const FAILED = 1;
const USAGE = 2;

interface CommandModule {
  register(program: Command, io: CliIo): void;
}

/**
 * In the order in which help shows them: as somebody new meets them. Each is loaded when it is wanted: who starts the
 * service need not wait for what explains and simulates.
 */
const COMMANDS: Readonly<Record<string, Readonly<Record<string, () => Promise<CommandModule>>>>> = {
  'Try it:': {
    demo: () => import('./demo.js'),
    simulate: () => import('./simulate.js'),
    detect: () => import('./detect.js'),
    explain: () => import('./explain.js'),
  },
  'Set it up:': {
    init: () => import('./init.js'),
    check: () => import('./check.js'),
    route: () => import('./route.js'),
    schema: () => import('./schema.js'),
    dashboards: () => import('./dashboards.js'),
  },
  'Run it:': {
    start: () => import('./start.js'),
    reload: () => import('./reload.js'),
    migrate: () => import('./migrate.js'),
    clickhouse: () => import('./clickhouse.js'),
    backup: () => import('./backup.js'),
    restore: () => import('./restore.js'),
    erase: () => import('./erase.js'),
  },
  'Feed it, and try a configuration on what happened:': {
    ingest: () => import('./ingest.js'),
    rejected: () => import('./rejected.js'),
    replay: () => import('./replay.js'),
    backtest: () => import('./backtest.js'),
    tune: () => import('./tune.js'),
  },
  'Act on what it says:': {
    alerts: () => import('./alerts.js'),
    silences: () => import('./silences.js'),
    annotations: () => import('./annotations.js'),
    'follow-ups': () => import('./follow-ups.js'),
    digest: () => import('./digest.js'),
  },
};

/** The commands with their options, ready to be parsed: all of them, or the one that is called. */
export async function createProgram(io: CliIo, called?: string): Promise<Command> {
  const program = new Command('redress')
    .description("From a marketplace's metrics to a verified improvement.")
    .version(version(), '--version', 'say which version this is')
    .option('--config <dir>', 'folder of the configuration', 'config')
    .option('--json', 'answer in NDJSON, and nothing else on standard output', false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      writeErr: (text) => io.err(text.trimEnd()),
    });
  for (const [group, commands] of Object.entries(COMMANDS)) {
    program.commandsGroup(group);
    for (const [name, load] of Object.entries(commands))
      if (called === undefined || called === name) (await load()).register(program, io);
  }
  return program;
}

/** The command that is called; undefined where none is, or help is to tell of all of them. */
function calledIn(args: readonly string[]): string | undefined {
  const word = args.find((arg, index) => !arg.startsWith('-') && args[index - 1] !== '--config');
  return Object.values(COMMANDS).some((commands) => word !== undefined && word in commands)
    ? word
    : undefined;
}

function version(): string {
  return (createRequire(import.meta.url)('#package.json') as { version: string }).version;
}

/** Runs one command and answers the exit status: 0 done, 1 failed, 2 wrong usage or configuration. */
export async function run(args: readonly string[], io: CliIo = processIo): Promise<number> {
  try {
    const program = await createProgram(io, calledIn(args));
    await program.parseAsync(args, { from: 'user' });
    return DONE;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : USAGE;
    io.err(messageOf(error));
    if (!(error instanceof RedressError)) {
      if (error instanceof Error && error.stack !== undefined) io.err(error.stack);
      return FAILED;
    }
    return statusOf(error);
  }
}

function statusOf(error: RedressError): number {
  return error.code === 'usage' || error.code === 'config_invalid' || error.code === 'secret_missing'
    ? USAGE
    : FAILED;
}
