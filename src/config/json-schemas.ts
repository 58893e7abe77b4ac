import { z } from 'zod';
import { CalendarFileSchema } from './schema-calendar.js';
import { EscalationFileSchema } from './schema-escalation.js';
import { MetricsFileSchema } from './schema-metrics.js';
import { OwnersFileSchema } from './schema-people.js';
import { ServiceFileSchema } from './schema-service.js';

/** The configuration files' JSON Schemas by the files' names, for editors that complete and check YAML. */
export function configurationJsonSchemas(): Record<string, object> {
  const files = {
    redress: ServiceFileSchema,
    metrics: MetricsFileSchema,
    escalation: EscalationFileSchema,
    owners: OwnersFileSchema,
    calendar: CalendarFileSchema,
  };
  return Object.fromEntries(
    Object.entries(files).map(([name, schema]) => [
      name,
      z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }),
    ]),
  );
}
