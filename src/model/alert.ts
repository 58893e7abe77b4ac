import type { Instant } from './clock.js';
import type { Matchers } from './matchers.js';
import type { Severity } from './metric.js';
import type { AlertSilence } from './silence.js';
import type { Direction } from './verdict.js';

export type AlertState = 'pending' | 'firing' | 'acknowledged' | 'resolved';

/** A point as an alert remembers it. */
export interface AlertPoint {
  bucketStart: Instant;
  value: number;
  numerator: number;
  denominator: number | null;
  expected: number;
  lower: number;
  upper: number;
  score: number;
}

/** A child slice and what it adds to its parent's excess. */
export interface Carrier {
  slice: string;
  /** Events beyond the expected ones. */
  excess: number;
  /** Share of the alert's excess, 0 to 1. */
  share: number;
}

/** Why an alert is shown with another one: their analyses name the same cause. */
export interface SameCause {
  /** The other alert. */
  alertId: string;
  /** The cause. */
  slice: string;
  /** The group that it was in before, whose message says where it goes on; empty for none. */
  from: string;
}

/** Sums over an episode's anomalous points. */
export interface EpisodeTotals {
  points: number;
  numerator: number;
  /** 0 for counts and sums. */
  denominator: number;
  /** Money of the counted events, in the marketplace's currency. */
  amount: number;
}

/** What alerts are kept for: either a metric that is out of band or the data itself. */
export type AlertKind = 'metric' | 'data_health';

/** What a person says an alert was worth: `new_normal` is a level that has come to stay. */
export type FeedbackVerdict = 'true' | 'false_alarm' | 'expected' | 'new_normal';

/** A person's word on an alert; the last one counts. */
export interface Feedback {
  verdict: FeedbackVerdict;
  by: string;
  at: Instant;
  note: string;
}

/** One episode of a series being anomalous. */
export interface Alert {
  alertId: string;
  kind: AlertKind;
  /** Stable over episodes: metric, slice and direction. */
  fingerprint: string;
  metric: string;
  slice: string;
  direction: Direction;
  severity: Severity;
  state: AlertState;
  /** The plain-words title: the metric's, or what is wrong with the data. */
  title: string;
  /** Start of the first anomalous bucket of the episode. */
  startedAt: Instant;
  /** When it fired; null while pending. */
  openedAt: Instant | null;
  acknowledgedAt: Instant | null;
  acknowledgedBy: string;
  /** The Slack id of who did, where it was done there; tells nothing while the alert is not acknowledged. */
  acknowledgedById?: string | undefined;
  resolvedAt: Instant | null;
  /** The person who resolved it; empty or absent where its points did, or nobody has. */
  resolvedBy?: string | undefined;
  /** Anomalous points in a row, for `for`; normal points in a row, for `recover`. */
  anomalousRun: number;
  normalRun: number;
  first: AlertPoint;
  last: AlertPoint;
  worst: AlertPoint;
  episode: EpisodeTotals;
  carriers: readonly Carrier[];
  owner: string;
  runbook: string;
  /** Excess over expected since the start, in events and in the marketplace's currency. */
  impactCount: number;
  impactAmount: number;
  escalation: Escalation;
  /** Times that it fired again within the merge gap. */
  timesReopened: number;
  /** The silence that mutes it; null while people are told of it. */
  silence: AlertSilence | null;
  feedback: Feedback | null;
  /** The incident group that it is shown in; empty for none. */
  groupId: string;
  /** True for the alert of its group whose escalation is the group's. */
  leadsGroup: boolean;
  /** Why it is in that group, where it is not for its labels; null otherwise. */
  sameCause: SameCause | null;
  /** True while it comes and goes so often that people are not told of each turn. */
  flapping: boolean;
  version: number;
}

/**
 * Who or what is told: `console`, `slack:#channel`, `slack:PERSON`, `webhook:name`. In a policy also whoever it is when
 * the step is taken: `owner`, `owner_lead`, and `schedule:name` for who is on call.
 */
export type Target = string;

export interface EscalationStep {
  /** After the alert fired, or after the step before it, in ms. */
  delay: number;
  targets: readonly Target[];
  /** Severities for which the step waits until the owner is at work; none where it is absent. */
  waitsForWork?: readonly Severity[] | undefined;
}

export interface EscalationPolicy {
  id: string;
  steps: readonly EscalationStep[];
  /** How long an acknowledgement holds, in ms; at half time there is a reminder. */
  ackTimeout: number | Readonly<Record<Severity, number>>;
  /** The steps begin anew, so many `times` (null for ever), `after` so many ms from the last one; absent for never. */
  repeat?: { times: number | null; after: number } | undefined;
  /** People are told again when the score has grown by this share since they last were; absent for severity alone. */
  worsenBy?: number | undefined;
}

/** Alerts with the same values of these labels are shown to people as one thing. */
export interface Grouping {
  by: readonly string[];
  /** The first message waits so long for others to join, in ms. */
  wait: number;
  /** The least time between messages about who has joined or left, in ms. */
  interval: number;
}

/** What a route settles beside the policy. */
export interface RouteSettings {
  /** Null for a message for each alert. */
  grouping: Grouping | null;
  /** After the last step, whoever was told is told again so often until somebody acknowledges, in ms; null for never. */
  repeatInterval: number | null;
  /** Who is told in the place of a target that cannot be reached. */
  fallback: readonly Target[];
}

/** The policy and the route's settings as they were when the alert fired, and how far it has got. */
export interface Escalation {
  policy: EscalationPolicy;
  route: RouteSettings;
  /** The next step to take; equal to the number of steps when all were taken. */
  nextStep: number;
  /** When it is due, or when the acknowledgement needs attention; null when nothing is. */
  nextAt: Instant | null;
  /** Everybody told so far, in order. */
  told: readonly Target[];
  /** Whom the last step told. */
  addressed: readonly Target[];
  /** Times that the steps began anew. */
  round: number;
  /** When the acknowledgement runs out; null without one. */
  ackEndsAt: Instant | null;
}

/** Whom an alert goes to; a child takes from its parent what it does not say itself. */
export interface Route {
  match: Matchers;
  /** A policy's id; absent where the parent's holds. */
  policy?: string | undefined;
  grouping?: Grouping | null | undefined;
  repeatInterval?: number | null | undefined;
  fallback?: readonly Target[] | undefined;
  /** The routes after this one are asked as well. */
  continue?: boolean | undefined;
  routes?: readonly Route[] | undefined;
}

/**
 * An open alert that matches `source` holds back those that match `target` and have the same values of the labels in
 * `equal`, as in Prometheus's Alertmanager. One that matches both sides is held back by none of its like.
 */
export interface InhibitionRule {
  source: Matchers;
  target: Matchers;
  equal: readonly string[];
}

/** An alert that fires or resolves so many times within a span of ms comes and goes too often to be told each time. */
export interface FlappingRule {
  changes: number;
  within: number;
}
