import { SECOND } from '../model/clock.js';
import type { Json } from '../model/json.js';
import {
  type AlertRule,
  type Bounds,
  type EventSelector,
  isLevel,
  isRate,
  type Measure,
  type MetricDefinition,
  nominalSeconds,
} from '../model/metric.js';
import type { Owner, WorkTime } from '../model/owner.js';
import type { ServiceSettings } from './configuration.js';
import type { Environment, EnvironmentSettings } from './environment.js';
import { daysOff } from './public-holidays.js';
import { resolveCalendarRules } from './resolve-calendar.js';
import { resolveNewNormal } from './resolve-detection.js';
import { resolveTrackers } from './resolve-follow-ups.js';
import { resolveKafka } from './resolve-kafka.js';
import {
  DEFAULT_CRITICAL_MIN_EVENTS,
  DEFAULT_MERGE_BUCKETS,
  DEFAULT_MIN_DENOMINATOR,
  type MetricInput,
  type SelectorInput,
  WEEKDAYS,
} from './schema-metrics.js';
import type { OwnersInput } from './schema-people.js';
import type { ServiceInput } from './schema-service.js';

/** A checked metric of the file in the words of the program, with the defaults that depend on other fields. */
export function resolveMetric(input: MetricInput): MetricDefinition {
  const measure = resolveMeasure(input);
  const weighed = isRate(measure.kind) || isLevel(measure.kind);
  return {
    id: input.id,
    title: input.title ?? input.id,
    measure,
    date: input.date ?? (measure.kind === 'breach' ? 'due_at' : 'occurred_at'),
    bucket: input.bucket,
    timezone: input.timezone,
    bad: input.bad,
    minDenominator: weighed ? (input.min_denominator ?? DEFAULT_MIN_DENOMINATOR) : (input.min_expected ?? 0),
    allowedLateness: input.allowed_lateness,
    slices: input.slices,
    maxSeries: input.max_series,
    empty: input.empty ?? 'zero',
    ...(input.trading_days === undefined
      ? {}
      : { tradingDays: input.trading_days.map((day) => WEEKDAYS.indexOf(day) + 1) }),
    detect: input.detect.map(({ use, ...params }) => ({ use, params: params as Record<string, Json> })),
    combine: typeof input.combine === 'string' ? input.combine : { atLeast: input.combine.at_least },
    ...(input.calendar === undefined ? {} : { calendar: resolveCalendarRules(input.calendar) }),
    minDeviation: input.min_deviation,
    ...(input.min_relative_deviation === undefined
      ? {}
      : { minRelativeDeviation: input.min_relative_deviation }),
    ...(typeof input.false_alerts_per_week === 'number'
      ? { falseAlertsPerWeek: input.false_alerts_per_week }
      : {}),
    ...resolveNewNormal(input),
    alert: resolveAlertRule(input),
    owner: input.owner ?? '',
    runbook: input.runbook ?? '',
  };
}

const ONE_POINT = { n: 1, of: 1 };
/** One point out of band is often an accident, two in a row seldom are. */
const TWO_POINTS = { n: 2, of: 2 };

/**
 * True for metrics that are judged by `auto` alone. On rates it adds up its evidence over the points before, and on values
 * it finds a departure new once, so that a second point in a row would say nothing more, or would never come.
 */
const isAuto = (detect: MetricInput['detect']): boolean => detect.length === 1 && detect[0]?.use === 'auto';

/** The impact of a mean, a quantile or a sum is not a number of events, so that none is asked for by default. */
function resolveAlertRule({ alert, kind, bucket, detect }: MetricInput): AlertRule {
  const { recover, merge_gap, critical_score } = alert;
  const run = alert.for ?? (isAuto(detect) ? ONE_POINT : TWO_POINTS);
  const counts = !['mean', 'quantile', 'sum'].includes(kind);
  const minEvents = alert.critical_min_events ?? (counts ? DEFAULT_CRITICAL_MIN_EVENTS : undefined);
  return {
    for: run.n,
    ...(run.of === run.n ? {} : { forOf: run.of }),
    recover: recover.for,
    ...(recover.below === undefined ? {} : { recoverBelow: recover.below }),
    mergeGap: merge_gap ?? DEFAULT_MERGE_BUCKETS * nominalSeconds(bucket) * SECOND,
    criticalScore: critical_score,
    ...(minEvents === undefined ? {} : { criticalMinEvents: minEvents }),
    ...(alert.critical_events === undefined ? {} : { criticalEvents: alert.critical_events }),
    ...(alert.critical_amount === undefined ? {} : { criticalAmount: alert.critical_amount }),
  };
}

function resolveMeasure(input: MetricInput): Measure {
  // The parts of each kind were checked to be there.
  const part = (selector: SelectorInput | undefined): EventSelector =>
    resolveSelector(selector as SelectorInput);
  switch (input.kind) {
    case 'count':
    case 'sum':
      return { kind: input.kind, of: part(input.of) };
    case 'mean':
      return { kind: 'mean', of: part(input.of), value: input.value ?? 'amount' };
    case 'quantile':
      return {
        kind: 'quantile',
        of: part(input.of),
        value: input.value ?? 'amount',
        level: input.level as number,
      };
    case 'distinct':
      return { kind: 'distinct', of: part(input.of), by: input.distinct as string };
    case 'ratio': {
      const { over, lag } = input.denominator ?? {};
      return {
        kind: 'ratio',
        numerator: part(input.numerator),
        denominator: part(input.denominator),
        ...(over === undefined ? {} : { window: { over, lag: lag ?? null } }),
      };
    }
    case 'breach':
      return { kind: 'breach', opened: part(input.opened), answered: part(input.answered) };
  }
}

/** A selector with its filters by kind; a kind of filter that it does not have is left out. */
function resolveSelector({ event, where, ignore }: SelectorInput): EventSelector {
  const allowed: Record<string, string[]> = {};
  const except: Record<string, string[]> = {};
  const bounds: Record<string, Bounds> = {};
  for (const [name, filter] of Object.entries(where)) {
    if (Array.isArray(filter)) allowed[name] = filter;
    else if ('not' in filter) except[name] = filter.not;
    else {
      const { at_least: atLeast, below } = filter;
      bounds[name] = {
        ...(atLeast === undefined ? {} : { atLeast }),
        ...(below === undefined ? {} : { below }),
      };
    }
  }
  return {
    event,
    where: allowed,
    ...(Object.keys(except).length === 0 ? {} : { except }),
    ...(Object.keys(bounds).length === 0 ? {} : { bounds }),
    ignore,
  };
}

/** Owners, with the empty string for what is not known. */
export async function resolveOwners(input: OwnersInput): Promise<Owner[]> {
  const owners = input.map(async ({ owns, work, ...owner }) => ({
    ...owner,
    slack: owner.slack ?? '',
    lead: owner.lead ?? '',
    owns: owns.map(({ metric, slice }) => ({ metric: metric ?? '', labels: slice })),
    work: work === undefined ? undefined : await resolveWork(work),
  }));
  return Promise.all(owners);
}

async function resolveWork({
  country,
  ...work
}: NonNullable<OwnersInput[number]['work']>): Promise<WorkTime> {
  return country === undefined ? work : { ...work, publicHolidays: await daysOff(country) };
}

/** `redress.yaml` with the environment's word over the file's. */
export function resolveService(
  input: ServiceInput,
  settings: EnvironmentSettings,
  env: Environment,
): ServiceSettings {
  return {
    clickhouse: {
      url: settings.clickhouseUrl ?? input.clickhouse.url ?? null,
      username: settings.clickhouseUser ?? input.clickhouse.username,
      password: settings.clickhousePassword,
      database: input.clickhouse.database,
      data: input.clickhouse.data,
      port: input.clickhouse.port,
    },
    http: {
      host: input.http.host,
      port: input.http.port,
      publicUrl: input.http.public_url ?? '',
      tokens: settings.tokens,
      requestsPerMinute: input.http.requests_per_minute,
      trustedProxies: input.http.trusted_proxies,
    },
    kafka: resolveKafka(input.kafka, settings),
    slack:
      settings.slackBotToken === ''
        ? null
        : {
            token: settings.slackBotToken,
            signingSecrets: settings.slackSigningSecrets,
            appToken: settings.slackAppToken,
            mayAct: input.slack.may_act,
            charts: input.slack.charts,
            apiUrl: settings.slackApiUrl,
          },
    webhooks: Object.fromEntries(
      Object.entries(input.webhooks).map(([name, address]) => [name, addressIn(address, env)]),
    ),
    heartbeat:
      input.heartbeat === undefined
        ? null
        : { url: addressIn(input.heartbeat.url, env), every: input.heartbeat.every },
    webhookSecret: settings.webhookSecret,
    currency: input.currency,
    ingest: {
      idleAfter: input.ingest.idle_after,
      staleAfter: input.ingest.stale_after,
      forgetAfter: input.ingest.forget_after,
      restateHorizon: input.ingest.restate_horizon,
      maxEventBytes: input.ingest.max_event_bytes,
    },
    privacy: {
      text: input.privacy.text,
      attributes: input.privacy.attributes,
      otherAttributes: input.privacy.other_attributes,
      hashKey: settings.hashKey,
    },
    retention: Object.fromEntries(
      Object.entries(input.retention).filter(([, length]) => length !== undefined),
    ),
    dashboardsUrl: input.dashboards_url ?? '',
    trackers: resolveTrackers(input.trackers, env),
  };
}

const addressIn = (address: string | { env: string }, env: Environment): string =>
  typeof address === 'string' ? address : (env[address.env] ?? '');
