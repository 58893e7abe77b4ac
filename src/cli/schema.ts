import type { Command } from 'commander';
import { configurationJsonSchemas } from '../config/json-schemas.js';
import { configurationReference } from '../config/reference.js';
import { RedressError } from '../model/errors.js';
import { eventJsonSchema } from '../model/event-schema.js';
import type { CliIo } from './io.js';

export function register(program: Command, io: CliIo): void {
  program
    .command('schema')
    .description('print a JSON Schema of events or of a configuration file, or the reference of all settings')
    .argument('[what]', "'event', a configuration file such as 'metrics', or 'reference'", 'event')
    .action((what: string) => {
      if (what === 'reference') return io.out(configurationReference().trimEnd());
      const schemas: Record<string, unknown> = { event: eventJsonSchema(), ...configurationJsonSchemas() };
      const schema = schemas[what];
      if (schema === undefined)
        throw new RedressError(
          'usage',
          `there is no schema '${what}': there are ${[...Object.keys(schemas), 'reference'].join(', ')}`,
        );
      io.out(JSON.stringify(schema, null, 2));
    });
}
