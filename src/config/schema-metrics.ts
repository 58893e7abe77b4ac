import { z } from 'zod';
import { MINUTE } from '../model/clock.js';
import { ATTRIBUTE_KEY_PATTERN, TYPE_PATTERN } from '../model/event-schema.js';
import { CalendarRulesSchema } from './schema-calendar.js';
import {
  BucketSchema,
  DurationSchema,
  FalseAlertsSchema,
  IdSchema,
  SpanSchema,
  TimezoneSchema,
} from './text-forms.js';

/** How many series of a metric are kept where it does not say. */
export const DEFAULT_MAX_SERIES = 10_000;

const EventTypeSchema = z.string().regex(TYPE_PATTERN, {
  error: (issue) => `must be an event type of the form noun.verb, not '${String(issue.input)}'`,
});

/** One thing or a list of them, always read as a list. */
function oneOrMore<Item extends z.ZodType>(item: Item, whatItIs: string) {
  return z
    .union([z.array(item).min(1), item], {
      error: (issue) => (issue.input === undefined ? 'is missing' : explainUnion(issue, whatItIs)),
    })
    .transform((value): z.output<Item>[] => (Array.isArray(value) ? value : [value]));
}

/** A union hides why its parts refused; where one part got as far as the text itself, its words are the right ones. */
function explainUnion(issue: z.core.$ZodRawIssue, whatItIs: string): string {
  const parts = issue.code === 'invalid_union' ? issue.errors.flat() : [];
  return parts.find((part) => part.code === 'invalid_format')?.message ?? `must be ${whatItIs}`;
}

const DimensionSchema = z.string().regex(ATTRIBUTE_KEY_PATTERN, 'must be the name of a dimension');

const FilterValuesSchema = oneOrMore(
  z.union([z.string(), z.number(), z.boolean()]).transform(String),
  'a value or a list of values',
);

const FilterSchema = z.union(
  [
    z.strictObject({ not: FilterValuesSchema }),
    z
      .strictObject({ at_least: z.number().optional(), below: z.number().optional() })
      .refine((bounds) => bounds.at_least !== undefined || bounds.below !== undefined, {
        error: 'must have at_least, below or both',
      }),
    FilterValuesSchema,
  ],
  { error: () => 'must be a value, a list of values, { not: … } or { at_least: …, below: … }' },
);

const NumberFieldSchema = z
  .string()
  .regex(ATTRIBUTE_KEY_PATTERN, 'must be amount, duration or the name of an attribute');

const SelectorSchema = z.strictObject({
  event: oneOrMore(EventTypeSchema, 'an event type or a list of them').describe(
    'Event types; an event of any of them counts.',
  ),
  where: z
    .record(z.string(), FilterSchema)
    .default({})
    .describe(
      'Field or attribute to what it may be: a value, a list of values, { not: … }, or for amount, duration and numeric attributes { at_least: …, below: … }; all entries must hold.',
    ),
  ignore: z
    .array(DimensionSchema)
    .default([])
    .describe('Dimensions that these events do not have; their counts are shared by all values of them.'),
});

const DenominatorSchema = SelectorSchema.extend({
  over: SpanSchema.optional().describe(
    'Counted over so much time up to the end of the bucket, such as 30d. Default: the bucket itself.',
  ),
  lag: SpanSchema.optional().describe(
    'With over: how long before the end of the bucket that time ends. { over: 1month, lag: 1month } is the month before.',
  ),
});

const DetectorUseSchema = z.looseObject({
  use: z.string().min(1).describe('The detector by name; its parameters stand beside it.'),
});

/** `auto` is short for `[{ use: auto }]`. */
const DetectSchema = z.union(
  [z.literal('auto').transform(() => [{ use: 'auto' }]), z.array(DetectorUseSchema)],
  {
    error: (issue) => explainUnion(issue, 'auto or a list of detectors'),
  },
);

const CombinationSchema = z.union(
  [z.enum(['any', 'all']), z.strictObject({ at_least: z.number().int().min(1) })],
  { error: () => 'must be any, all or { at_least: 2 }' },
);

/** In the order of ISO's numbers. */
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** `3` is three in a row. */
const RunSchema = z.union(
  [
    z
      .number()
      .int()
      .min(1)
      .transform((n) => ({ n, of: n })),
    z
      .strictObject({ n: z.number().int().min(1), of: z.number().int().min(1).max(100) })
      .refine(({ n, of }) => n <= of),
  ],
  { error: () => 'must be a whole number from 1 on, or { n: 3, of: 5 } with n no more than of' },
);

/** `3` is three normal points in a row. */
const RecoverSchema = z.union(
  [
    z
      .number()
      .int()
      .min(1)
      .transform((points) => ({ for: points, below: undefined })),
    z.strictObject({
      below: z
        .number()
        .gt(0)
        .max(1)
        .describe(
          'The score, 1 on the edge of the band, below which a point counts; on the side that nobody minds any does.',
        ),
      for: z.number().int().min(1).default(3).describe('So many such points in a row. Default: 3.'),
    }),
  ],
  { error: () => 'must be a whole number from 1 on, or { below: 0.8, for: 2 } with a score of at most 1' },
);

const AlertRuleSchema = z.strictObject({
  for: RunSchema.optional().describe(
    'Anomalous points before the alert fires: 3 is three in a row, { n: 3, of: 5 } any three of five. Default: 2; 1 with detect: auto, which gathers its evidence before it speaks.',
  ),
  recover: RecoverSchema.prefault(3).describe(
    'Normal points in a row before it resolves; { below: 0.8, for: 2 } asks for points that are further within the band than where alerts begin. Default: 3.',
  ),
  merge_gap: DurationSchema.optional().describe(
    'A recurrence within this time of the resolution is the same episode. Default: three buckets.',
  ),
  critical_score: z
    .number()
    .min(1)
    .default(3)
    .describe('Deviation in half-widths of the band from which the alert is critical. Default: 3.'),
  critical_min_events: z
    .number()
    .min(0)
    .optional()
    .describe(
      'Events beyond the expected ones, since the alert began, without which no deviation makes it critical. Default: 5 for kinds that count events.',
    ),
  critical_events: z
    .number()
    .gt(0)
    .optional()
    .describe('So many events beyond the expected ones are critical, whatever the deviation. Default: none.'),
  critical_amount: z
    .number()
    .gt(0)
    .optional()
    .describe("The same for money, in the marketplace's currency. Default: none."),
});

const MetricSchema = z.strictObject({
  id: IdSchema.describe('The name by which everything else refers to the metric.'),
  title: z.string().min(1).optional().describe('Plain words for messages. Default: the id.'),
  kind: z.enum(['count', 'sum', 'mean', 'quantile', 'distinct', 'ratio', 'breach']),
  of: SelectorSchema.optional().describe(
    'For every kind but ratio and breach: the events that it is made of.',
  ),
  value: NumberFieldSchema.optional().describe(
    'For mean and quantile: amount, duration (seconds from started_at to occurred_at) or a numeric attribute. Default: amount.',
  ),
  level: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe(
      'For quantile: 0.5 is the median, 0.95 what one event in twenty exceeds. Exact, between two values in proportion; no error but the rounding of a double.',
    ),
  distinct: DimensionSchema.optional().describe(
    'For distinct: the field or attribute whose values are counted, such as order_id or merchant_id.',
  ),
  numerator: SelectorSchema.optional().describe('For ratio: the counted cases.'),
  denominator: DenominatorSchema.optional().describe('For ratio: what they are counted over.'),
  opened: SelectorSchema.optional().describe('For breach: the events that carry a due_at.'),
  answered: SelectorSchema.optional().describe('For breach: the events that answer a case.'),
  date: z
    .enum(['occurred_at', 'origin_at', 'due_at'])
    .optional()
    .describe('The date that puts an event into its bucket. Default: occurred_at; breach: due_at.'),
  bucket: BucketSchema.default({ count: 1, unit: 'hour' }).describe('Width of a bucket. Default: 1h.'),
  timezone: TimezoneSchema.default('UTC').describe(
    'The IANA zone in which buckets are aligned. Default: UTC.',
  ),
  bad: z.enum(['up', 'down', 'both']).default('up').describe('The direction that alerts. Default: up.'),
  min_denominator: z
    .number()
    .min(0)
    .optional()
    .describe(
      'For ratio and breach, and for the events behind a mean or quantile: below it a point is not evaluable. Default: 30.',
    ),
  min_expected: z
    .number()
    .min(0)
    .optional()
    .describe('For count, sum and distinct: below this expected value a point is not evaluable. Default: 0.'),
  allowed_lateness: DurationSchema.default(10 * MINUTE).describe(
    'How long after the end of a bucket its events may still arrive. Default: 10m.',
  ),
  slices: z
    .array(z.array(DimensionSchema))
    .min(1)
    .default([[]])
    .describe('Sets of dimensions; [] is the whole. Default: [[]].'),
  max_series: z
    .number()
    .int()
    .min(1)
    .default(DEFAULT_MAX_SERIES)
    .describe(
      `The largest series by denominator that are kept; smaller ones have no points and are counted in redress_series_left_out. Default: ${DEFAULT_MAX_SERIES}.`,
    ),
  empty: z
    .enum(['zero', 'absent'])
    .optional()
    .describe('For count, sum and distinct: what a closed bucket without events is. Default: zero.'),
  trading_days: z
    .array(z.enum(WEEKDAYS))
    .min(1)
    .optional()
    .describe(
      'The days on which the shop is open, such as [mon, tue, wed, thu, fri]; other days have no points. Default: every day.',
    ),
  detect: DetectSchema.default([]).describe(
    'The detectors as a list, or auto for the one that fits by itself. Default: none, points are only kept.',
  ),
  combine: CombinationSchema.default('any').describe('How many detectors must agree. Default: any.'),
  calendar: CalendarRulesSchema.optional().describe(
    'What campaigns, holidays, closures, … do to what is expected, where the entry itself does not say. Default: nothing.',
  ),
  min_deviation: z
    .number()
    .min(0)
    .default(0)
    .describe("The smallest deviation from expected that matters, in the metric's unit. Default: 0."),
  min_relative_deviation: z
    .number()
    .min(0)
    .optional()
    .describe('The same in parts of what is expected: 0.2 is a fifth more or less. Default: 0.'),
  false_alerts_per_week: FalseAlertsSchema.optional().describe(
    "The alerts a week that chance alone may give, over all of the metric's series together. Default: an equal share of what redress.yaml allows.",
  ),
  new_normal_after: z
    .union([DurationSchema, z.literal('never')], {
      error: () => 'must be a duration such as 5d, or never',
    })
    .optional()
    .describe(
      'An alert ends when its level has stayed for so long, at least 12 points: it is what is expected from then on. Default: six days, at least 12 points and at most 288.',
    ),
  alert: AlertRuleSchema.prefault({}),
  owner: z.string().optional().describe("An owner's id from owners.yaml."),
  runbook: z.string().optional().describe('A link for whoever is alerted.'),
});

/** `metrics.yaml`: the list of metrics. */
export const MetricsFileSchema = z.array(MetricSchema).min(1);

export type MetricInput = z.output<typeof MetricSchema>;
export type SelectorInput = z.output<typeof SelectorSchema>;

/** Three buckets: a gap that short is more likely noise than a recovery. */
export const DEFAULT_MERGE_BUCKETS = 3;
export const DEFAULT_MIN_DENOMINATOR = 30;
/** Fewer events than a hand has fingers get nobody out of bed, however improbable they are. */
export const DEFAULT_CRITICAL_MIN_EVENTS = 5;
