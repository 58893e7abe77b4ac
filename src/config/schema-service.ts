import { z } from 'zod';
import { DAY, HOUR, MINUTE, SECOND } from '../model/clock.js';
import { DigestSchema, FollowUpsSchema, TrackersSchema } from './schema-follow-ups.js';
import { DurationSchema, FalseAlertsSchema, InstantSchema } from './text-forms.js';

const UrlSchema = z.string().refine((text) => isHttpUrl(text), {
  error: (issue) => `must be an http or https address, not '${String(issue.input)}'`,
});

/** True for addresses that a client can be pointed to. */
export function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** An address, or the name of an environment variable that holds it because it is a secret. */
const AddressSchema = z.union([UrlSchema, z.strictObject({ env: z.string().min(1) })], {
  error: () => 'must be an http or https address, or { env: NAME } of a variable that holds it',
});

const PortSchema = z.number().int().min(0).max(65_535);

const RetentionSchema = DurationSchema.refine((length) => length >= DAY, {
  error: 'must be at least 1d',
}).optional();

const FieldPolicySchema = z.enum(['keep', 'hash', 'drop', 'mask']).default('keep');

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
      public_url: UrlSchema.optional().describe('Where others reach the service, for what links to it.'),
      requests_per_minute: z
        .number()
        .int()
        .min(1)
        .default(3_000)
        .describe(
          'Requests that one address may send in a minute; more are answered 429. Not limited on loopback without tokens. Default: 3000.',
        ),
      trusted_proxies: z
        .array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]))
        .default([])
        .describe(
          'Addresses or networks of proxies whose X-Forwarded-For tells who calls. Default: nobody is believed.',
        ),
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
      from: z
        .union([z.enum(['earliest', 'latest']), InstantSchema], {
          error: () => "must be 'earliest', 'latest' or a date and time with offset",
        })
        .default('earliest')
        .describe('Where to begin in topics that the group has never read. Default: earliest.'),
      session_timeout: DurationSchema.default(15 * SECOND)
        .refine((time) => time >= 6 * SECOND && time <= 5 * MINUTE, 'must be from 6s to 5m')
        .describe('How long the partitions of a member that died wait for the others. Default: 15s.'),
      tls: z
        .union(
          [
            z.boolean(),
            z.strictObject({
              ca: z
                .string()
                .min(1)
                .optional()
                .describe('A PEM file of the authority that signed the brokers.'),
              cert: z.string().min(1).optional().describe("A PEM file of this client's certificate."),
              key: z.string().min(1).optional().describe("A PEM file of this client's key."),
            }),
          ],
          { error: () => 'must be true, false or a mapping of PEM files: ca, cert, key' },
        )
        .default(false)
        .describe('Encrypts the connections; paths are from where Redress is started.'),
      sasl: z
        .enum(['plain', 'scram-sha-256', 'scram-sha-512'])
        .optional()
        .describe('How to log in, with KAFKA_USERNAME and KAFKA_PASSWORD. Default: no login.'),
    })
    .prefault({}),
  slack: z
    .strictObject({
      may_act: z
        .array(
          z.string().regex(/^(anyone|channel_members|owners|[SUW][A-Z0-9]{5,})$/, {
            error: (issue) =>
              `must be anyone, channel_members, owners, or the id of a user group (S…) or a person (U…), not '${String(issue.input)}'`,
          }),
        )
        .min(1)
        .default(['anyone'])
        .describe(
          'Who may act on alerts in Slack, each entry letting somebody in: anyone; channel_members, of a channel that was told, and whoever was told directly; owners, the alert’s owner and their lead; a user group or a person by id. Default: anyone.',
        ),
      charts: z
        .enum(['upload', 'link', 'none'])
        .default('upload')
        .describe(
          'How charts get into messages: uploaded to Slack, or linked, for which Slack has to reach http.public_url. Default: upload.',
        ),
    })
    .prefault({}),
  webhooks: z
    .record(z.string(), AddressSchema)
    .default({})
    .describe('Name to address, or to the environment variable that holds the address when it is a secret.'),
  heartbeat: z
    .strictObject({
      url: AddressSchema.describe('What is called while everything is sound.'),
      every: DurationSchema.default(MINUTE).describe('Time between calls. Default: 1m.'),
    })
    .optional()
    .describe(
      'Calls an address for as long as the pipeline is sound, so that its silence is noticed elsewhere.',
    ),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as EUR')
    .default('EUR'),
  dashboards_url: UrlSchema.optional().describe('Where people find the dashboards, for links in messages.'),
  false_alerts_per_week: FalseAlertsSchema.default(2).describe(
    'The alerts a week that chance alone may give, over all series of all metrics: the more series, the further out one must be. Default: 2.',
  ),
  ingest: z
    .strictObject({
      idle_after: DurationSchema.default(5 * MINUTE).describe(
        'Without an event for so long, a source that was read to its end counts as complete up to now. Default: 5m.',
      ),
      stale_after: DurationSchema.default(2 * HOUR).describe(
        'Without an event for so long, a source is reported and nothing that depends on it is judged. Default: 2h.',
      ),
      forget_after: DurationSchema.default(DAY).describe(
        'Without an event for so long and with none waiting, a source no longer holds the others up. Default: 1d.',
      ),
      restate_horizon: DurationSchema.default(2 * DAY).describe(
        'How far back points that late events changed are judged again. Default: 2d.',
      ),
      max_event_bytes: z.number().int().min(1_000).max(10_000_000).default(1_000_000),
    })
    .prefault({}),
  privacy: z
    .strictObject({
      text: FieldPolicySchema.describe('What people wrote: keep, hash, drop or mask. Default: keep.'),
      attributes: z
        .record(z.string(), FieldPolicySchema)
        .default({})
        .describe('The same for attributes, by name, such as { buyer: hash, email: drop }.'),
      other_attributes: FieldPolicySchema.describe('For attributes that are not named. Default: keep.'),
    })
    .prefault({})
    .describe(
      'What becomes of fields that may tell of a person, before they are stored. hash wants REDRESS_HASH_KEY.',
    ),
  retention: z
    .strictObject({
      events: RetentionSchema,
      rejected_events: RetentionSchema,
      points: RetentionSchema,
      verdicts: RetentionSchema,
    })
    .prefault({})
    .describe('How long rows are kept, by table, counted from their own date. Default: for ever.'),
  follow_ups: FollowUpsSchema,
  digest: DigestSchema,
  trackers: TrackersSchema,
});

export type ServiceInput = z.output<typeof ServiceFileSchema>;
