import type { Command } from 'commander';
import { RedressError } from '../model/errors.js';
import { restore } from '../store/embedded/backup.js';
import { startEngine } from '../store/embedded/engine.js';
import { migrate } from '../store/migrate.js';
import { globalOptions, readConfiguration } from './context.js';
import type { CliIo } from './io.js';

export function register(program: Command, io: CliIo): void {
  program
    .command('restore')
    .description(
      'make the embedded store what it was when a backup was taken; the service must not be running',
    )
    .argument('<folder>', 'what redress backup wrote')
    .option('--replace', 'put the backup in the place of what the store has now', false)
    .action(async (folder: string, { replace }: { replace: boolean }, command: Command) => {
      const { config, json } = globalOptions(command);
      const { clickhouse } = (await readConfiguration(config, io)).service;
      if (clickhouse.url !== null)
        throw new RedressError(
          'usage',
          `the store is the server ${clickhouse.url}: restore it with ClickHouse's own RESTORE`,
        );
      const engine = await startEngine({ folder: clickhouse.data, port: clickhouse.port });
      try {
        const address = { ...clickhouse, url: engine.url };
        await restore(address, clickhouse.data, folder, replace);
        // A backup of an earlier version lacks what has been added since.
        const applied = await migrate(address);
        if (json) io.out(JSON.stringify({ restored: folder, applied }));
        else io.out(`the store is what it was when ${folder} was written`);
      } finally {
        await engine.stop();
      }
    });
}
