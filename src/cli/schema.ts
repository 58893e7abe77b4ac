import type { Command } from 'commander';
import { configurationJsonSchemas } from '../config/json-schemas.js';
import { RedressError } from '../model/errors.js';
import { eventJsonSchema } from '../model/event-schema.js';
import type { CliIo } from './io.js';

export function register(program: Command, io: CliIo): void {
  program
    .command('schema')
    .description('print a JSON Schema: of events, or of a configuration file')
    .argument('[what]', "'event', or a configuration file such as 'metrics'", 'event')
    .action((what: string) => {
      const schemas: Record<string, unknown> = { event: eventJsonSchema(), ...configurationJsonSchemas() };
      const schema = schemas[what];
      if (schema === undefined)
        throw new RedressError(
          'usage',
          `there is no schema '${what}': there are ${Object.keys(schemas).join(', ')}`,
        );
      io.out(JSON.stringify(schema, null, 2));
    });
}
