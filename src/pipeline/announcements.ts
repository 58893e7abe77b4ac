import { isDeepStrictEqual } from 'node:util';
import type { Configuration } from '../config/configuration.js';
import type {
  Annotation,
  AnnotationAnswer,
  AnnotationRefusal,
  Announcement,
  KeptAnnotation,
  ListedAnnotation,
} from '../model/annotation.js';
import type { Instant } from '../model/clock.js';

/** What is known when something is announced or ended. */
export interface AnnotationState {
  /** Of the configuration. */
  calendar: readonly Annotation[];
  kept: readonly KeptAnnotation[];
  metrics: Configuration['metrics'];
}

/** A decision: what to answer, and what to keep if anything has changed. */
interface Decided {
  answer: AnnotationAnswer;
  keep: KeptAnnotation | null;
}

const refused = (reason: AnnotationRefusal): Decided => ({
  answer: { outcome: 'refused', reason },
  keep: null,
});
const done = (annotation: KeptAnnotation, keep: KeptAnnotation | null): Decided => ({
  answer: { outcome: 'done', annotation: listed(annotation) },
  keep,
});

/**
 * Takes an announcement. One that is sent again under its own id changes nothing and is answered as the first time.
 *
 * @param newId the id of one that brings none.
 */
export function announce(
  { actor, annotationId, startsAt, ...given }: Announcement,
  { calendar, kept, metrics }: AnnotationState,
  now: Instant,
  newId: string,
): Decided {
  const id = annotationId ?? newId;
  const before = kept.find((each) => each.annotationId === id);
  const begins = startsAt ?? before?.startsAt ?? now;
  const made: KeptAnnotation = {
    ...given,
    annotationId: id,
    startsAt: begins,
    author: actor,
    endedBy: '',
    createdAt: before?.createdAt ?? now,
    withdrawn: false,
  };
  if (before !== undefined) return isDeepStrictEqual(made, before) ? done(before, null) : refused('taken');
  if (calendar.some((each) => each.annotationId === id)) return refused('taken');
  if (given.endsAt <= begins) return refused('not_after_its_start');
  if ((given.metrics ?? []).some((name) => metrics.every((metric) => metric.id !== name)))
    return refused('unknown_metric');
  return done(made, made);
}

/** Ends one before its time. One that has not begun yet is taken back. */
export function endAnnotation(
  { annotationId, actor }: { annotationId: string; actor: string },
  { calendar, kept }: AnnotationState,
  now: Instant,
): Decided {
  const found = kept.find((each) => each.annotationId === annotationId);
  if (found === undefined)
    return calendar.some((each) => each.annotationId === annotationId)
      ? refused('of_the_calendar')
      : { answer: { outcome: 'not_found' }, keep: null };
  if (found.withdrawn || found.endsAt <= now) return refused('already_over');
  const withdrawn = found.startsAt >= now;
  const ended = { ...found, endedBy: actor, ...(withdrawn ? { withdrawn } : { endsAt: now }) };
  return done(ended, ended);
}

/** What there is from `from` to `to`, by when it begins: the configuration's, its public holidays, and what was announced. */
export function listAnnotations(
  { calendar, kept }: Pick<AnnotationState, 'calendar' | 'kept'>,
  holidaysOf: Configuration['holidaysOf'],
  { from, to }: { from: Instant; to: Instant },
): ListedAnnotation[] {
  const holidays = new Map<string, Annotation>();
  const last = new Date(to).getUTCFullYear();
  if (holidaysOf !== undefined)
    for (let year = new Date(from).getUTCFullYear(); year <= last; year += 1)
      for (const holiday of holidaysOf(year)) holidays.set(holiday.annotationId, holiday);
  return [
    ...[...calendar, ...holidays.values()].map(
      (annotation): ListedAnnotation => ({ ...annotation, origin: 'calendar', author: '' }),
    ),
    ...kept.filter(({ withdrawn }) => !withdrawn).map(listed),
  ]
    .filter(({ startsAt, endsAt }) => startsAt < to && endsAt > from)
    .sort((a, b) => a.startsAt - b.startsAt || (a.annotationId < b.annotationId ? -1 : 1));
}

/** What is announced counts as what the calendar has, unless it was taken back. */
export function withAnnounced(configuration: Configuration, kept: readonly KeptAnnotation[]): Configuration {
  const announced = kept.filter(({ withdrawn }) => !withdrawn);
  return announced.length === 0
    ? configuration
    : { ...configuration, annotations: [...configuration.annotations, ...announced] };
}

function listed({ endedBy, createdAt, withdrawn, ...annotation }: KeptAnnotation): ListedAnnotation {
  return { ...annotation, origin: 'person' };
}
