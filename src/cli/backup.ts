import type { Command } from 'commander';
import { RedressError } from '../model/errors.js';
import { backUp } from '../store/embedded/backup.js';
import { runningEngine } from '../store/embedded/running-engine.js';
import { openStore } from '../store/open-store.js';
import { globalOptions, readConfiguration } from './context.js';
import type { CliIo } from './io.js';

export function register(program: Command, io: CliIo): void {
  program
    .command('backup')
    .description('write all that the embedded store has into a folder, also while the service runs')
    .argument('[folder]', 'a folder that is not there yet; by default backup- and the time')
    .action(async (given: string | undefined, _options: unknown, command: Command) => {
      const { config, json } = globalOptions(command);
      const { clickhouse } = (await readConfiguration(config, io)).service;
      if (clickhouse.url !== null)
        throw new RedressError(
          'usage',
          `the store is the server ${clickhouse.url}: back it up with ClickHouse's own BACKUP`,
        );
      const folder = given ?? `backup-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}`;
      const running = await runningEngine(clickhouse.data, clickhouse.port);
      if (running !== null) await backUp({ ...clickhouse, url: running }, clickhouse.data, folder);
      else {
        const open = await openStore(clickhouse);
        try {
          await backUp(open.address, clickhouse.data, folder);
        } finally {
          await open.close();
        }
      }
      io.out(
        json ? JSON.stringify({ written: folder }) : `${folder} has everything that is in the store now`,
      );
    });
}
