import type { Command } from 'commander';
import { writeStartingConfiguration } from '../config/starting-configuration.js';
import { globalOptions } from './context.js';
import type { CliIo } from './io.js';

export function register(program: Command, io: CliIo): void {
  program
    .command('init')
    .description('write an annotated starting configuration')
    .argument('[dir]', 'the folder to make; --config by default')
    .action(async (folder: string | undefined, _options: unknown, command: Command) => {
      const { config, json } = globalOptions(command);
      const files = await writeStartingConfiguration(folder ?? config);
      for (const file of files) io.out(json ? JSON.stringify({ written: file }) : file);
      if (!json) io.out(`Edit them, then: redress check --config ${folder ?? config}`);
    });
}
