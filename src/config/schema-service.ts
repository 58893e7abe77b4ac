import { z } from 'zod';
import { DAY, HOUR, MINUTE } from '../model/clock.js';
import { DurationSchema } from './text-forms.js';

const UrlSchema = z.string().refine((text) => isHttpUrl(text), {
  error: (issue) => `must be an http or https address, not '${String(issue.input)}'`,
});

/** True for addresses that a client can be pointed to. */
export function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

const PortSchema = z.number().int().min(0).max(65_535);

const dueDays = (days: number) => z.number().min(0).default(days);

/** `redress.yaml`: how the program itself runs. Secrets are not in it; they come from the environment. */
export const ServiceFileSchema = z.strictObject({
  clickhouse: z
    .strictObject({
      url: UrlSchema.optional().describe(
        'A server to use. Default: CLICKHOUSE_URL, else the embedded engine.',
      ),
      username: z.string().min(1).default('default').describe('Default: CLICKHOUSE_USER, else default.'),
      database: z.string().regex(/^\w+$/, 'must be a plain name').default('redress'),
      data: z.string().min(1).default('data/clickhouse').describe("The embedded engine's folder."),
      port: PortSchema.default(8123).describe("The embedded engine's port on loopback; 0 takes a free one."),
    })
    .prefault({}),
  http: z
    .strictObject({
      host: z
        .string()
        .min(1)
        .default('127.0.0.1')
        .describe('The address to listen on; anything but loopback wants REDRESS_TOKENS.'),
      port: PortSchema.default(8080),
    })
    .prefault({}),
  kafka: z
    .strictObject({
      brokers: z
        .array(z.string().min(1))
        .optional()
        .describe('host:port. Default: KAFKA_BROKERS, else no Kafka.'),
      group_id: z.string().min(1).default('redress'),
      topics: z.array(z.string().min(1)).min(1).default(['marketplace.events']),
    })
    .prefault({}),
  webhooks: z
    .record(
      z.string(),
      z.union([UrlSchema, z.strictObject({ env: z.string().min(1) })], {
        error: () => 'must be an http or https address, or { env: NAME } of a variable that holds it',
      }),
    )
    .default({})
    .describe('Name to address, or to the environment variable that holds the address when it is a secret.'),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as EUR')
    .default('EUR'),
  dashboards_url: UrlSchema.optional().describe('Where people find the dashboards, for links in messages.'),
  ingest: z
    .strictObject({
      idle_after: DurationSchema.default(5 * MINUTE).describe(
        'Without an event for so long, a source that was read to its end counts as complete up to now. Default: 5m.',
      ),
      stale_after: DurationSchema.default(2 * HOUR).describe(
        'Without an event for so long, a source is reported and nothing that depends on it is judged. Default: 2h.',
      ),
      max_event_bytes: z.number().int().min(1_000).max(10_000_000).default(1_000_000),
    })
    .prefault({}),
  follow_ups: z
    .strictObject({
      verify_points: z
        .number()
        .int()
        .min(1)
        .default(24)
        .describe('Points in band that verify a fix. Default: 24.'),
      reopen_window: DurationSchema.default(14 * DAY).describe(
        'A recurrence within this time of the closing reopens the follow-up. Default: 14d.',
      ),
      due_days: z
        .strictObject({ low: dueDays(14), normal: dueDays(7), high: dueDays(3), urgent: dueDays(1) })
        .prefault({})
        .describe('Days until a follow-up is due, by its priority.'),
      remind_before: DurationSchema.default(DAY).describe('First reminder before the due date. Default: 1d.'),
    })
    .prefault({}),
});

export type ServiceInput = z.output<typeof ServiceFileSchema>;
