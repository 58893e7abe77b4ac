import type { Instant } from './clock.js';
import type { FollowUp, Priority } from './follow-up.js';

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
  alerts: readonly { metric: string; fired: number; followedUp: number; stillOpen: number }[];
  /** The series that fired most often, when it was more than once. */
  noisiest: readonly { metric: string; slice: string; fired: number }[];
  workload: Workload;
}

/** How much there is to do and how it goes. Durations in ms; null where there was nothing to measure. */
export interface Workload {
  open: readonly {
    owner: string;
    open: number;
    overdue: number;
    byPriority: Readonly<Record<Priority, number>>;
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
