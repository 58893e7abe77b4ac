import type { Instant } from './clock.js';

export type AnnotationKind = 'campaign' | 'holiday' | 'rule_change' | 'outage' | 'closure' | 'fix';

/** What an annotation does to what is expected of a metric's points. */
export type CalendarEffect =
  /** Nothing but to be seen. */
  | { kind: 'none' }
  /** The point is not judged and teaches nobody: `calendar`. */
  | { kind: 'hold' }
  /** A deviation counts for that many times less, and the band is that many times wider. */
  | { kind: 'widen'; by: number }
  /** What is expected is multiplied, and then raised by so much, in the metric's unit. */
  | { kind: 'shift'; times: number; plus: number };

/** A dated fact that explains history. */
export interface Annotation {
  annotationId: string;
  kind: AnnotationKind;
  title: string;
  /** The slice that it concerns, `all` for everything. */
  scope: string;
  /** Alerts on what it concerns are recorded while it lasts, and nobody is told. */
  mutes?: boolean;
  startsAt: Instant;
  endsAt: Instant;
  /** Absent: what the metric says of the annotation's kind. */
  effect?: CalendarEffect;
  /** The metrics that it concerns; absent for all. */
  metrics?: readonly string[];
}
