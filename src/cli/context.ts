import type { Command } from 'commander';
import { pino } from 'pino';
import type { Configuration } from '../config/configuration.js';
import { loadConfiguration } from '../config/load.js';
import { formatProblems } from '../config/problems.js';
import { RedressError } from '../model/errors.js';
import { knownDetectors } from '../plug-ins.js';
import type { CliIo } from './io.js';

/** Options that every command has. */
export interface GlobalOptions {
  config: string;
  json: boolean;
}

export function globalOptions(command: Command): GlobalOptions {
  return command.optsWithGlobals<GlobalOptions>();
}

/** Reads the configuration folder. Throws `config_invalid` with every problem, one a line. */
export async function readConfiguration(
  folder: string,
  io: CliIo,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Configuration> {
  const loaded = await loadConfiguration(folder, { env, ...knownDetectors });
  if (loaded.warnings.length > 0) io.err(formatProblems(loaded.warnings));
  if (!loaded.ok) throw new RedressError('config_invalid', formatProblems(loaded.problems));
  return loaded.configuration;
}

/** The program's log: structured, to standard error, so that standard output is the command's answer alone. */
export function createLog(usual: 'info' | 'silent' = 'info'): import('pino').Logger {
  return pino({ level: process.env.REDRESS_LOG_LEVEL ?? usual }, pino.destination(2));
}
