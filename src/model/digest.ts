import type { Target } from './alert.js';
import type { Instant } from './clock.js';
import type { FollowUp, Priority } from './follow-up.js';

/** When the weekly digest is sent, and to whom. */
export interface DigestSettings {
  /** ISO weekday, 1 for Monday. */
  weekday: number;
  /** Minutes after midnight, in the reader's time zone. */
  minute: number;
  readers: readonly DigestReader[];
}

export interface DigestReader {
  target: Target;
  /** An owner's id, whose own digest it is; null for everybody's. */
  owner: string | null;
  /** IANA name. */
  timezone: string;
}

/** What a stretch of time, mostly a week, has brought: for everybody, or for one owner. */
export interface Digest {
  from: Instant;
  /** Exclusive; also the moment that "open" and "overdue" are said of. */
  to: Instant;
  /** An owner's id; null for everybody. */
  owner: string | null;
  opened: readonly FollowUp[];
  verified: readonly FollowUp[];
  reopened: readonly FollowUp[];
  /** Waiting for people past their due date, the longest first. */
  overdue: readonly FollowUp[];
  /** Open for long, the oldest first. */
  ageing: readonly FollowUp[];
  /** Alerts that fired, by metric, the most first. */
  alerts: readonly {
    metric: string;
    fired: number;
    followedUp: number;
    stillOpen: number;
    /** How many of them people have said something of. */
    judged: number;
    /** The share of those that were worth it, 0 to 1; null where nobody has said anything. */
    precision: number | null;
  }[];
  /** The rules, each a metric on a slice, that fired without being worth it, then those that fired most often. */
  noisiest: readonly { metric: string; slice: string; fired: number; unwanted: number }[];
  workload: Workload;
}

/** Less than a week, less than four, and more. */
export type Age = 'days' | 'weeks' | 'months';

/** How much there is to do and how it goes. Durations in ms; null where there was nothing to measure. */
export interface Workload {
  open: readonly {
    owner: string;
    open: number;
    overdue: number;
    byPriority: Readonly<Record<Priority, number>>;
    /** By the time since they were opened. */
    byAge: Readonly<Record<Age, number>>;
  }[];
  /** Medians, over what was acknowledged, fixed or verified in the time. */
  timeToAcknowledge: number | null;
  timeToFix: number | null;
  timeToVerify: number | null;
  /** Of those that were ever verified, the share that was opened again; 0 to 1. */
  reopenRate: number | null;
  /** Of those that were closed in the time, the share that was verified; 0 to 1. */
  shareVerified: number | null;
}
