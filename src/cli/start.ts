import { type Command, Option } from 'commander';
import type { Logger } from 'pino';
import { orphanText } from '../alerts/orphans.js';
import { loadConfiguration } from '../config/load.js';
import { wallClock } from '../model/clock.js';
import { RedressError } from '../model/errors.js';
import { knownDetectors } from '../plug-ins.js';
import type { ReloadableService } from '../service/reloadable-service.js';
import type { ServiceRole } from '../service/service.js';
import { openStore } from '../store/open-store.js';
import { createLog, globalOptions, readConfiguration } from './context.js';
import type { CliIo } from './io.js';
import { stopSignal } from './stop-signal.js';

/** A stop is over in ten seconds: so long for the service, ms, and then for its engine. */
const STOP_WITHIN = 6_000;
const ENGINE_STOPS_WITHIN = 3_000;

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
      let running: ReloadableService | null = null;
      onHangUp(log, () => running);
      // While the engine starts, which is another process, there is time to load what the service is made of.
      const [open, { ReloadableService }] = await Promise.all([
        openStore(configuration.service.clickhouse),
        import('../service/reloadable-service.js'),
      ]);
      try {
        const load = () => loadConfiguration(config, { env: process.env, ...knownDetectors });
        const print = (text: string) => io.out(json ? JSON.stringify({ message: text }) : `${text}\n`);
        const service = new ReloadableService(
          configuration,
          open,
          { role, clock: wallClock, log, print },
          load,
        );
        const address = await service.start();
        running = service;
        // Before it is said that it listens: whoever hears that may end it at once.
        const stopped = stopSignal();
        if (json) io.out(JSON.stringify({ address, clickhouse: open.address.url }));
        else {
          io.out(`Redress listens on ${address}; the store is ${open.address.url}.`);
          io.out(`Send events to ${address}/v1/events, one JSON object a line. Ctrl-C stops.\n`);
        }
        const ended = await Promise.race([
          stopped,
          open.died.then((words) => `the embedded ClickHouse ended: ${words}`),
          service.failed.then((reason) => `the service could not be started again: ${reason}`),
        ]);
        if ((await service.stop(STOP_WITHIN)).length > 0) endSoon();
        if (ended !== '') throw new RedressError('store_unavailable', ended);
      } finally {
        await open.close();
      }
    });
}

/** What is being waited for somewhere else must not keep the process, once its store is closed. */
function endSoon(): void {
  setTimeout(() => process.exit(), ENGINE_STOPS_WITHIN).unref();
}

/** From the first moment on, because a hang-up that nobody takes ends the process. */
function onHangUp(log: Logger, running: () => ReloadableService | null): void {
  process.on('SIGHUP', () => {
    const service = running();
    if (service === null) return log.warn('not reloaded: the service is still starting');
    service
      .reload()
      .then((answer) => {
        if (answer.outcome === 'refused')
          log.error({ problems: answer.problems }, 'the new configuration is wrong; the old one goes on');
        else for (const orphan of answer.orphans) log.warn(orphan, orphanText(orphan));
      })
      .catch((error: unknown) => log.error({ err: error }, 'the configuration could not be read again'));
  });
}
