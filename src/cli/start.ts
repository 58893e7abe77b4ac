import { type Command, Option } from 'commander';
import { openStore } from '../app.js';
import { wallClock } from '../model/clock.js';
import { RedressError } from '../model/errors.js';
import { type ServiceRole, startService } from '../service.js';
import { applyRetention } from '../store/retention.js';
import { createLog, globalOptions, readConfiguration } from './context.js';
import type { CliIo } from './io.js';
import { stopSignal } from './stop-signal.js';

export function register(program: Command, io: CliIo): void {
  program
    .command('start')
    .description('run the service: ingest, metrics, detection, alerts, HTTP')
    .addOption(
      new Option('--role <role>', "'ingest' only takes events in, beside the one process that does all")
        .choices(['all', 'ingest'])
        .default('all'),
    )
    .action(async ({ role }: { role: ServiceRole }, command: Command) => {
      const { config, json } = globalOptions(command);
      const configuration = await readConfiguration(config, io);
      const log = createLog();
      const open = await openStore(configuration.service.clickhouse);
      try {
        await applyRetention(open.store, configuration.service.retention);
        const service = await startService(configuration, open, {
          role,
          clock: wallClock,
          log,
          print: (text) => io.out(json ? JSON.stringify({ message: text }) : `${text}\n`),
        });
        if (json) io.out(JSON.stringify({ address: service.address, clickhouse: open.address.url }));
        else {
          io.out(`Redress listens on ${service.address}; the store is ${open.address.url}.`);
          io.out(`Send events to ${service.address}/v1/events, one JSON object a line. Ctrl-C stops.\n`);
        }
        const ended = await Promise.race([stopSignal(), open.died]);
        await service.stop();
        if (ended !== '')
          throw new RedressError('store_unavailable', `the embedded ClickHouse ended: ${ended}`);
      } finally {
        await open.close();
      }
    });
}
