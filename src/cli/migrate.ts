import type { Command } from 'commander';
import { openStore } from '../store/open-store.js';
import { applyRetention } from '../store/retention.js';
import { globalOptions, readConfiguration } from './context.js';
import type { CliIo } from './io.js';

export function register(program: Command, io: CliIo): void {
  program
    .command('migrate')
    .description('create the tables and views that are missing')
    .action(async (_options: unknown, command: Command) => {
      const { config, json } = globalOptions(command);
      const configuration = await readConfiguration(config, io);
      const open = await openStore(configuration.service.clickhouse);
      try {
        await applyRetention(open.store, configuration.service.retention);
      } finally {
        await open.close();
      }
      if (json) for (const name of open.applied) io.out(JSON.stringify({ applied: name }));
      else io.out(open.applied.length === 0 ? 'nothing to do' : `applied: ${open.applied.join(', ')}`);
    });
}
