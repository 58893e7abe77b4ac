import type { Command } from 'commander';
import { asExample } from '../analysis/what-people-say.js';
import type { Configuration } from '../config/configuration.js';
import { RedressError } from '../model/errors.js';
import { attributesInUse } from '../model/metric-fields.js';
import { runningEngine } from '../store/embedded/running-engine.js';
import { erase, type Person, tracesOf } from '../store/erasure.js';
import { openStore } from '../store/open-store.js';
import { Store } from '../store/store.js';
import { globalOptions, readConfiguration } from './context.js';
import type { CliIo } from './io.js';

export function register(program: Command, io: CliIo): void {
  program
    .command('erase')
    .description("take one person's data away and leave the counts as they are; without --yes only look")
    .argument('<field=value>', 'whose: order_id=…, case_id=…, merchant_id=…, or an attribute such as buyer=…')
    .option('--yes', 'do it', false)
    .action(async (argument: string, { yes }: { yes: boolean }, command: Command) => {
      const { config, json } = globalOptions(command);
      const person = personOf(argument);
      const configuration = await readConfiguration(config, io);
      const { store, close } = await reach(configuration.service.clickhouse);
      try {
        const traces = await tracesOf(store, person, asExample);
        if (yes) await erase(store, person, attributesInUse(configuration.metrics), asExample);
        if (json) io.out(JSON.stringify({ ...traces, erased: yes }));
        else {
          const { events, rejected, journal } = traces;
          io.out(
            `${events} rows of events, ${rejected} rejected inputs and ${journal} entries on alerts and follow-ups ${yes ? 'named' : 'name'} ${argument}${yes ? '; none does any more' : '; --yes erases them'}`,
          );
          if (yes)
            io.out(
              'A service that is running still remembers what it has read: restart it. Backups, Kafka and Slack have copies of their own.',
            );
        }
      } finally {
        await close();
      }
    });
}

function personOf(argument: string): Person {
  const at = argument.indexOf('=');
  const [by, value] = [argument.slice(0, at), argument.slice(at + 1)];
  if (at < 1 || value === '')
    throw new RedressError('usage', `'${argument}' is not FIELD=VALUE, such as case_id=C-1042`);
  return { by, value };
}

/** The store, also while the service has the embedded one in use. */
async function reach(
  settings: Configuration['service']['clickhouse'],
): Promise<{ store: Store; close(): Promise<void> }> {
  const running = settings.url === null ? await runningEngine(settings.data, settings.port) : null;
  if (running === null) return openStore(settings);
  const store = new Store({ ...settings, url: running });
  return { store, close: () => store.close() };
}
