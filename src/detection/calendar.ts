import type { Annotation, CalendarEffect } from '../model/annotation.js';
import { type Instant, SECOND } from '../model/clock.js';
import type { MetricDefinition } from '../model/metric.js';
import type { Point } from '../model/point.js';
import { isParentSlice, parseSlice, type SliceLabels } from '../model/slice.js';
import { AS_IT_IS, type Lens } from './lens.js';

/** An annotation with its scope read. */
interface Scoped {
  annotation: Annotation;
  scope: SliceLabels;
}

/** The annotations that concern a bucket, and what they do to what is expected there. */
export class Calendar {
  readonly #dated: readonly Scoped[];
  readonly #holidaysOf: (year: number) => readonly Annotation[];
  readonly #years = new Map<number, readonly Scoped[]>();
  /** The bucket that was last asked for: a tick asks for the same one once for each series. */
  #bucket: { from: Instant; seconds: number; found: readonly Scoped[] } | null = null;

  /** @param holidaysOf the public holidays that touch a year, in UTC; none by default. */
  constructor(
    annotations: readonly Annotation[],
    holidaysOf: (year: number) => readonly Annotation[] = () => [],
  ) {
    this.#dated = annotations.map(scoped);
    this.#holidaysOf = holidaysOf;
  }

  /** What was going on in a point's bucket that concerns its metric and its slice. */
  at(metric: MetricDefinition, point: Point): readonly Annotation[] {
    const found = this.#during(point);
    return found.length === 0 ? NOTHING : concerning(found, metric.id, point.slice);
  }

  #during({ bucketStart: from, bucketSeconds }: Point): readonly Scoped[] {
    const last = this.#bucket;
    if (last !== null && last.from === from && last.seconds === bucketSeconds) return last.found;
    const to = from + bucketSeconds * SECOND;
    const candidates = new Map<string, Scoped>();
    for (let year = yearOf(from); year <= yearOf(to); year++)
      for (const holiday of this.#holidays(year)) candidates.set(holiday.annotation.annotationId, holiday);
    const found = [...this.#dated, ...candidates.values()].filter(
      ({ annotation: { startsAt, endsAt } }) => startsAt < to && endsAt > from,
    );
    this.#bucket = { from, seconds: bucketSeconds, found };
    return found;
  }

  #holidays(year: number): readonly Scoped[] {
    const known = this.#years.get(year);
    if (known !== undefined) return known;
    const holidays = this.#holidaysOf(year).map(scoped);
    this.#years.set(year, holidays);
    return holidays;
  }
}

function concerning(found: readonly Scoped[], metric: string, slice: string): Annotation[] {
  const labels = parseSlice(slice);
  return found
    .filter(({ annotation: { metrics } }) => metrics === undefined || metrics.includes(metric))
    .filter(({ annotation, scope }) => annotation.scope === slice || isParentSlice(scope, labels))
    .map(({ annotation }) => annotation);
}

const NOTHING: readonly Annotation[] = [];
const yearOf = (instant: Instant): number => new Date(instant).getUTCFullYear();
const scoped = (annotation: Annotation): Scoped => ({ annotation, scope: parseSlice(annotation.scope) });

/**
 * What the annotations of a point's bucket do together. One that holds is stronger than all others; shifts follow one
 * another, and of several that widen the widest counts. A shift that begins or ends within the bucket counts for the
 * part of it that it covers; what is held or widened is so for all of it.
 */
export function effectOf(
  metric: MetricDefinition,
  annotations: readonly Annotation[],
  bucket: Pick<Point, 'bucketStart' | 'bucketSeconds'>,
): 'hold' | Lens {
  let lens = AS_IT_IS;
  for (const annotation of annotations) {
    const { kind, effect = metric.calendar?.[kind] } = annotation;
    const each: CalendarEffect = effect ?? { kind: 'none' };
    if (each.kind === 'hold') return 'hold';
    if (each.kind === 'widen') lens = { ...lens, widen: Math.max(lens.widen, each.by) };
    if (each.kind === 'shift') {
      const part = coveredPart(annotation, bucket);
      const times = 1 + part * (each.times - 1);
      lens = { ...lens, times: lens.times * times, plus: lens.plus * times + part * each.plus };
    }
  }
  return lens;
}

function coveredPart(
  { startsAt, endsAt }: Annotation,
  { bucketStart, bucketSeconds }: Pick<Point, 'bucketStart' | 'bucketSeconds'>,
): number {
  const width = bucketSeconds * SECOND;
  return (Math.min(endsAt, bucketStart + width) - Math.max(startsAt, bucketStart)) / width;
}
