import type { Target } from './alert.js';
import type { Instant } from './clock.js';
import type { Severity } from './metric.js';
import type { Direction } from './verdict.js';

export type FollowUpState =
  | 'open'
  | 'acknowledged'
  | 'in_progress'
  | 'fix_shipped'
  | 'verifying'
  | 'verified'
  | 'wont_do';

export type Priority = 'low' | 'normal' | 'high' | 'urgent';

/** What the metric did after the fix, against before the incident and during it. Rates and values alike. */
export interface Effect {
  before: number;
  during: number;
  after: number;
  /** Evaluable points counted after the fix. */
  points: number;
  /** Events spared in a week at the volume after the fix. */
  savedPerWeek: number;
  /** How sure that is; absent when there was too little history to tell. */
  evidence?: EffectEvidence | undefined;
}

export interface Interval {
  lower: number;
  upper: number;
}

/** A change with the interval around it. */
export interface Change extends Interval {
  estimate: number;
}

/** The 90 % intervals around an effect. Levels are those of an average week; differences are after less during. */
export interface EffectEvidence {
  before: Interval;
  during: Interval;
  after: Interval;
  difference: Change;
  /** The difference less what the untreated sister slices did as well; null where there are none. */
  net: (Change & { sisters: number }) | null;
  savedPerWeek: Interval;
  /** In the marketplace's currency, at the mean amount of a case. */
  moneyPerWeek: Change;
  /** How many times more the cases vary than chance alone would make them. */
  dispersion: number;
}

/** The watch over the metric after the fix. */
export interface Watch {
  /** Evaluable points in a row that must be in band. */
  pointsNeeded: number;
  pointsInBand: number;
  /** The level and band from before the incident, which the fix must bring back. */
  expected: number;
  lower: number;
  upper: number;
  /** Start of the newest bucket that was looked at. */
  lastBucket: Instant;
  numerator: number;
  denominator: number;
}

/** What somebody wrote, and what about: a plain note, or the reason for a change. */
export interface FollowUpNote {
  at: Instant;
  actor: string;
  about: 'note' | 'owner' | 'due' | 'priority';
  text: string;
}

/** A ticket elsewhere, a rule change, a document. */
export interface FollowUpLink {
  url: string;
  title: string;
  addedAt: Instant;
  addedBy: string;
}

/** What was found when the follow-up was opened. */
export interface Finding {
  /** The worst point, and what was expected of it. */
  expected: number;
  actual: number;
  /** Events beyond the expected ones, and the slices that carry them. */
  excess: number;
  slices: readonly { slice: string; excess: number; share: number }[];
  /** Ids of some of the cases that were counted, the newest first; absent where none were looked up. */
  samples?: readonly string[] | undefined;
}

/** What people do about it. */
export interface FollowUpWork {
  /** The corrective action; empty until somebody has decided on one. */
  action: string;
  notes: readonly FollowUpNote[];
  links: readonly FollowUpLink[];
}

/** A turn in a follow-up's life, by the word of its entry. */
export interface FollowUpMark {
  reason: string;
  at: Instant;
}

/** A tracked improvement, closed only when its metric is verified back in band. */
export interface FollowUp {
  followUpId: string;
  alertId: string;
  fingerprint: string;
  metric: string;
  slice: string;
  direction: Direction;
  title: string;
  owner: string;
  /** The owner's lead, to whom it climbs when it is overdue; absent or empty for nobody. */
  lead?: string | undefined;
  state: FollowUpState;
  priority: Priority;
  dueAt: Instant;
  openedAt: Instant;
  closedAt: Instant | null;
  fixShippedAt: Instant | null;
  timesReopened: number;
  /** Level and band before the incident, and what was seen during it. */
  baseline: { expected: number; lower: number; upper: number };
  during: number;
  watch: Watch | null;
  effect: Effect | null;
  /** Why it was not done, or why the last watch failed. */
  note: string;
  /** The id of an earlier follow-up of the same series, empty for the first. */
  previous: string;
  /** When the owner was last reminded; null before the first time. */
  remindedAt: Instant | null;
  version: number;
  /** Every alert that hangs on it, the newest last. */
  alertIds: readonly string[];
  /** When it came into each of its states, oldest first. */
  marks: readonly FollowUpMark[];
  /** Absent for one that was opened by hand, without an alert. */
  found?: Finding | undefined;
  work: FollowUpWork;
}

/** How follow-ups are timed and verified, the same for all. */
export interface FollowUpSettings {
  /** Evaluable points in band that verify a fix. */
  verifyPoints: number;
  /** A recurrence within this time of the closing reopens the follow-up, in ms. */
  reopenWindow: number;
  /** So long after it was verified the metric is still watched, and a relapse reopens the follow-up; in ms. */
  guardWindow: number;
  /** Alerts of these severities open a follow-up by themselves. */
  openFor: readonly Severity[];
  /** Who hears of every turn of every follow-up, on top of those who were told of its alert. */
  tell: readonly Target[];
  /** Work days until due, by priority. */
  dueDays: Readonly<Record<Priority, number>>;
  /** Reminders this long before the due date, in ms, and every work day after it. */
  remindBefore: number;
  /** The owner's lead hears of it when it is overdue for so long, in ms. */
  leadAfter: number;
}
