import type { Command } from 'commander';
import { builtinDetectors } from '../../detectors/index.js';
import { loadConfiguration } from '../config/load.js';
import { formatProblems } from '../config/problems.js';
import { RedressError } from '../model/errors.js';
import { globalOptions } from './context.js';
import type { CliIo } from './io.js';

export function register(program: Command, io: CliIo): void {
  program
    .command('check')
    .description('validate the configuration; each problem with file, line and column')
    .action(async (_options: unknown, command: Command) => {
      const { config, json } = globalOptions(command);
      const loaded = await loadConfiguration(config, { env: process.env, detectors: builtinDetectors });
      const problems = loaded.ok ? [] : loaded.problems;
      if (json) {
        for (const problem of problems) io.out(JSON.stringify({ level: 'error', ...problem }));
        for (const warning of loaded.warnings) io.out(JSON.stringify({ level: 'warning', ...warning }));
      } else {
        if (loaded.warnings.length > 0) io.err(formatProblems(loaded.warnings));
        if (problems.length > 0) io.out(formatProblems(problems));
      }
      if (!loaded.ok)
        throw new RedressError(
          'config_invalid',
          `${config}: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`,
        );
      const { metrics, policies, owners } = loaded.configuration;
      if (!json)
        io.out(
          `${config}: fine. ${metrics.length} metrics, ${policies.length} escalation policies, ${owners.length} owners.`,
        );
    });
}
