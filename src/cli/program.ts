import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { messageOf, RedressError } from '../model/errors.js';
import * as alerts from './alerts.js';
import * as annotations from './annotations.js';
import * as backtest from './backtest.js';
import * as backup from './backup.js';
import * as check from './check.js';
import * as clickhouse from './clickhouse.js';
import * as dashboards from './dashboards.js';
import * as demo from './demo.js';
import * as detect from './detect.js';
import * as digest from './digest.js';
import * as erase from './erase.js';
import * as explain from './explain.js';
import * as followUps from './follow-ups.js';
import * as ingest from './ingest.js';
import * as init from './init.js';
import { type CliIo, processIo } from './io.js';
import * as migrate from './migrate.js';
import * as rejected from './rejected.js';
import * as reload from './reload.js';
import * as replay from './replay.js';
import * as restore from './restore.js';
import * as route from './route.js';
import * as schema from './schema.js';
import * as silences from './silences.js';
import * as simulate from './simulate.js';
import * as start from './start.js';
import * as tune from './tune.js';

/** Exit statuses. */
const DONE = 0;
const FAILED = 1;
const USAGE = 2;

/** In the order in which help shows them: as somebody new meets them. */
const COMMANDS: Readonly<Record<string, readonly { register(program: Command, io: CliIo): void }[]>> = {
  'Try it:': [demo, simulate, detect, explain],
  'Set it up:': [init, check, route, schema, dashboards],
  'Run it:': [start, reload, migrate, clickhouse, backup, restore, erase],
  'Feed it, and try a configuration on what happened:': [ingest, rejected, replay, backtest, tune],
  'Act on what it says:': [alerts, silences, annotations, followUps, digest],
};

/** All commands with their options, ready to be parsed. */
export function createProgram(io: CliIo): Command {
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
    for (const command of commands) command.register(program, io);
  }
  return program;
}

function version(): string {
  return (createRequire(import.meta.url)('#package.json') as { version: string }).version;
}

/** Runs one command and answers the exit status: 0 done, 1 failed, 2 wrong usage or configuration. */
export async function run(args: readonly string[], io: CliIo = processIo): Promise<number> {
  try {
    await createProgram(io).parseAsync(args, { from: 'user' });
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
