import type { Annotation, AnnotationKind, CalendarEffect } from '../model/annotation.js';
import { formatSlice } from '../model/slice.js';
import type { HolidayRule } from './public-holidays.js';
import { type CalendarInput, PUBLIC_HOLIDAYS } from './schema-calendar.js';
import type { MetricInput } from './schema-metrics.js';

/** The dated entries as annotations, their scope written as a slice. */
export function resolveAnnotations(input: CalendarInput): Annotation[] {
  return input.flatMap((entry) => {
    const { kind, title, starts_at: startsAt, ends_at: endsAt } = entry;
    // That a dated entry has its dates was checked.
    if (kind === PUBLIC_HOLIDAYS || startsAt === undefined || endsAt === undefined) return [];
    const mutes = entry.mute ? { mutes: true } : {};
    return [{ ...common(entry), ...mutes, kind, title: title ?? entry.id, startsAt, endsAt }];
  });
}

/** The countries whose public holidays are kept. */
export function resolveHolidays(input: CalendarInput): HolidayRule[] {
  return input.flatMap((entry) =>
    entry.country === undefined ? [] : [{ ...common(entry), country: entry.country }],
  );
}

/** A metric's word on kinds of annotations; a kind that it says nothing of is left out. */
export function resolveCalendarRules(
  input: NonNullable<MetricInput['calendar']>,
): Partial<Record<AnnotationKind, CalendarEffect>> {
  return Object.fromEntries(Object.entries(input).filter(([, effect]) => effect !== undefined));
}

function common({ id, scope, effect, metrics }: CalendarInput[number]) {
  return {
    annotationId: id,
    scope: formatSlice(scope),
    ...(effect === undefined ? {} : { effect }),
    ...(metrics === undefined ? {} : { metrics }),
  };
}
