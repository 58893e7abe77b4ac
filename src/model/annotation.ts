import type { Instant } from './clock.js';

export type AnnotationKind = 'campaign' | 'holiday' | 'rule_change' | 'outage' | 'closure' | 'fix';

/** A dated fact that explains history. */
export interface Annotation {
  annotationId: string;
  kind: AnnotationKind;
  title: string;
  /** The slice that it concerns, `all` for everything. */
  scope: string;
  startsAt: Instant;
  endsAt: Instant;
}
