import type { Detector } from '../detection/contract.js';
import type { EscalationPolicy, FlappingRule, InhibitionRule, Route } from '../model/alert.js';
import type { Annotation } from '../model/annotation.js';
import type { Instant } from '../model/clock.js';
import type { DeliveryRule } from '../model/delivery.js';
import type { DigestSettings } from '../model/digest.js';
import type { FollowUpSettings } from '../model/follow-up.js';
import type { MetricDefinition } from '../model/metric.js';
import type { Owner } from '../model/owner.js';
import type { PrivacySettings } from '../model/privacy.js';
import type { Schedule } from '../model/schedule.js';

/** `escalation.yaml`: who is told, and when. What is optional is not asked for where it is absent. */
export interface EscalationSettings {
  policies: readonly EscalationPolicy[];
  /** First match wins; the last one matches everything. */
  routes: readonly Route[];
  /** Who is on call, by turns. */
  schedules?: readonly Schedule[];
  inhibit?: readonly InhibitionRule[];
  /** Null tells of every turn. */
  flapping?: FlappingRule | null;
  /** Alerts that began within so many ms are one incident if they have the same cause; null for each by itself. */
  sameCauseWithin?: number | null;
  /** A silence that has muted nothing for so long is reported, in ms. */
  silenceIdleAfter?: number;
  /** How long targets that cannot be reached are tried. */
  deliveries?: DeliveryRule;
}

/** Everything that a configuration folder and the environment say, checked and with defaults filled in. */
export interface Configuration extends EscalationSettings {
  /** The folder that it was read from. */
  folder: string;
  service: ServiceSettings;
  metrics: readonly MetricDefinition[];
  owners: readonly Owner[];
  /** Detectors that do not come with Redress; absent for none. */
  plugIns?: readonly Detector[];
  annotations: readonly Annotation[];
  /** The public holidays that touch a year, of the countries that the calendar names; absent for none. */
  holidaysOf?: (year: number) => readonly Annotation[];
  followUps: FollowUpSettings;
  digest: DigestSettings;
}

/** `redress.yaml`, with the environment's word over the file's. Durations in ms. */
export interface ServiceSettings {
  clickhouse: {
    /** Null for the embedded engine; from `CLICKHOUSE_URL` or the file. */
    url: string | null;
    username: string;
    /** From `CLICKHOUSE_PASSWORD` only. */
    password: string;
    database: string;
    /** The embedded engine's folder. */
    data: string;
    /** The embedded engine's port; 0 takes a free one. */
    port: number;
  };
  http: {
    host: string;
    port: number;
    /** Where others reach the service; empty when nobody has to. */
    publicUrl: string;
    /** From `REDRESS_TOKENS`: `role:token`, separated by commas. */
    tokens: readonly { role: 'ingest' | 'read' | 'operate'; token: string }[];
    /** Of one address. */
    requestsPerMinute: number;
    /** Addresses or networks whose word on who calls is taken. */
    trustedProxies: readonly string[];
  };
  /** Null when no brokers are named; from `KAFKA_BROKERS` or the file. */
  kafka: KafkaSettings | null;
  /** Null without `SLACK_BOT_TOKEN`. */
  slack: {
    token: string;
    /** From `SLACK_SIGNING_SECRET`, two of them while one is changed; none refuses every click. */
    signingSecrets: readonly string[];
    /** From `SLACK_APP_TOKEN`: what people do comes over a socket that we open; empty leaves it to HTTP. */
    appToken: string;
    /** Who may act on alerts: `anyone`, `channel_members`, `owners`, or ids of user groups and people. */
    mayAct: readonly string[];
    /** How charts get into messages: as files that are uploaded, as links to this service, or not at all. */
    charts: 'upload' | 'link' | 'none';
    /** The Web API's address; only tests have another. */
    apiUrl: string;
  } | null;
  /** Webhook name to address. */
  webhooks: Readonly<Record<string, string>>;
  /** Called while everything is sound; null when nobody listens. */
  heartbeat: { url: string; every: number } | null;
  /** Signs what goes to webhooks; from `REDRESS_WEBHOOK_SECRET`, empty sends unsigned. */
  webhookSecret: string;
  /** ISO 4217: what amounts are shown in. */
  currency: string;
  ingest: {
    /** Without an event for so long, a source that has been read to its end is taken as complete up to now. */
    idleAfter: number;
    /** Without an event for so long, it is reported as stale and nothing that depends on it is judged. */
    staleAfter: number;
    /** Without an event for so long and with none waiting, it holds the others up no longer. */
    forgetAfter: number;
    /** How far back points that late events changed are judged again. */
    restateHorizon: number;
    /** An event's greatest size, bytes. */
    maxEventBytes: number;
  };
  /** What becomes of fields that may tell of a person. */
  privacy: PrivacySettings;
  /** How long rows are kept, by table, counted from their own date; a table that is not named keeps its rows. */
  retention: Readonly<Partial<Record<'events' | 'rejected_events' | 'points' | 'verdicts', number>>>;
  /** Where people find the dashboards, for links in messages; empty for none. */
  dashboardsUrl: string;
  trackers: TrackerSettings;
}

/** Where follow-ups have tickets, by name; secrets are from the environment. */
export interface TrackerSettings {
  github: Readonly<Record<string, GithubSettings>>;
  jira: Readonly<Record<string, JiraSettings>>;
}

export interface GithubSettings {
  /** `owner/name`. */
  repository: string;
  token: string;
  /** The REST API's address. */
  api: string;
  labels: readonly string[];
}

export interface JiraSettings {
  url: string;
  /** A project's key. */
  project: string;
  issueType: string;
  /** The e-mail address of the account that the token is of. */
  user: string;
  token: string;
  /** Ids of the workflow's transitions; empty for the first that leads to a status of that category. */
  transitions: Readonly<Record<'toDo' | 'inProgress' | 'done', string>>;
}

export interface KafkaSettings {
  brokers: readonly string[];
  groupId: string;
  topics: readonly string[];
  /** Where to begin in partitions that the group has never read. */
  from: 'earliest' | 'latest' | Instant;
  /** How long a member that says nothing keeps its partitions. */
  sessionTimeout: number;
  /** Null for plain connections; PEM files by their paths. */
  tls: { ca?: string; cert?: string; key?: string } | null;
  /** Null for no login; user and password from `KAFKA_USERNAME` and `KAFKA_PASSWORD` only. */
  sasl: {
    mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    username: string;
    password: string;
  } | null;
}

export type { FollowUpSettings };
