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
  resolvedAt: Instant | null;
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
  version: number;
}

/** A message's target: `console`, `slack:#channel`, `webhook:name`. */
export type Target = string;

export interface EscalationStep {
  /** After the alert fired, or after the step before it, in ms. */
  delay: number;
  targets: readonly Target[];
}

export interface EscalationPolicy {
  id: string;
  steps: readonly EscalationStep[];
  /** How long an acknowledgement holds, in ms. */
  ackTimeout: number;
}

/** The policy as it was when the alert fired, and how far it has got. */
export interface Escalation {
  policy: EscalationPolicy;
  /** The next step to take; equal to the number of steps when all were taken. */
  nextStep: number;
  /** When it is due; null when nothing is. */
  nextAt: Instant | null;
  /** Everybody told so far, in order. */
  told: readonly Target[];
}

/** Whom an alert goes to. */
export interface Route {
  match: Matchers;
  policy: string;
}
