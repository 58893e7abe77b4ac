import type { Command } from 'commander';
import { RedressError } from '../model/errors.js';
import { openStore } from '../store/open-store.js';
import { globalOptions, readConfiguration } from './context.js';
import type { CliIo } from './io.js';
import { stopSignal } from './stop-signal.js';

export function register(program: Command, io: CliIo): void {
  program
    .command('clickhouse')
    .description('run the embedded ClickHouse alone, for Grafana or a look around, until Ctrl-C')
    .option('--data <dir>', "the engine's folder, instead of the configured one")
    .option(
      '--port <n>',
      "the engine's port on loopback, instead of the configured one; 0 takes a free one",
      Number,
    )
    .action(async (options: { data?: string; port?: number }, command: Command) => {
      const { config, json } = globalOptions(command);
      const { clickhouse } = (await readConfiguration(config, io)).service;
      const open = await openStore({
        ...clickhouse,
        url: null,
        data: options.data ?? clickhouse.data,
        port: options.port ?? clickhouse.port,
      });
      const { url, database } = open.address;
      if (json) io.out(JSON.stringify({ url, database }));
      else {
        io.out(`ClickHouse listens on ${url}, database ${database}. Try:`);
        io.out(`  curl '${url}/?database=${database}&query=SELECT+count()+FROM+events'`);
      }
      const ended = await Promise.race([stopSignal(), open.died]);
      if (ended !== '') throw new RedressError('store_unavailable', `the engine ended: ${ended}`);
      await open.close();
    });
}
