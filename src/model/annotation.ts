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

/** An annotation that somebody has announced while Redress was running. */
export interface KeptAnnotation extends Annotation {
  /** Who announced it, and who has ended it since; empty for nobody. */
  author: string;
  endedBy: string;
  createdAt: Instant;
  /** Taken back before it began: it never happened. */
  withdrawn: boolean;
}

/** One as it is listed, whoever it is from. */
export interface ListedAnnotation extends Annotation {
  /** `calendar`: of the configuration, as public holidays are; `person`: announced. */
  origin: 'calendar' | 'person';
  author: string;
}

/** What somebody announces. */
export interface Announcement extends Omit<Annotation, 'annotationId' | 'startsAt'> {
  actor: string;
  /** Given by whoever may have to send it again; made up otherwise. */
  annotationId?: string | undefined;
  /** Now by default. */
  startsAt?: Instant | undefined;
}

export type AnnotationRefusal =
  | 'not_after_its_start'
  | 'unknown_metric'
  /** Another annotation has the id. */
  | 'taken'
  | 'of_the_calendar'
  | 'already_over';

export type AnnotationAnswer =
  | { outcome: 'done'; annotation: ListedAnnotation }
  | { outcome: 'refused'; reason: AnnotationRefusal }
  | { outcome: 'not_found' };
