import { z } from 'zod';
import type { AnnotationRefusal, CalendarEffect, ListedAnnotation } from '../model/annotation.js';
import { parseSlice } from '../model/slice.js';
import { InstantText, instantText } from './instant-text.js';

/** What can be announced: fixes are follow-ups' own. */
export const ANNOUNCED_KINDS = ['campaign', 'holiday', 'rule_change', 'outage', 'closure'] as const;

const EffectWire = z.union(
  [
    z.enum(['none', 'hold']),
    z.strictObject({ widen: z.number().min(1) }),
    z
      .strictObject({ times: z.number().gt(0).optional(), plus: z.number().optional() })
      .refine(({ times, plus }) => times !== undefined || plus !== undefined),
  ],
  { error: () => 'must be hold, none, { widen: 2 }, { times: 1.5 } or { plus: 0.01 }' },
);

export type EffectWire = z.infer<typeof EffectWire>;

/** What it does to what is expected, as in `calendar.yaml`. */
export const EffectInput = EffectWire.describe(
  "hold: points are not judged; {widen: 2}: a deviation counts half; {times: 1.5} or {plus: 0.01}: so much more is expected; none: it is only shown. Default: what the metric's own calendar says of its kind, else nothing.",
);

export const AnnotationWireSchema = z
  .object({
    annotation_id: z.string(),
    origin: z.enum(['calendar', 'person']).describe('calendar: of the configuration; person: announced.'),
    kind: z.string(),
    title: z.string(),
    scope: z.record(z.string(), z.string()).describe('The slice that it concerns; empty for everything.'),
    metrics: z.array(z.string()).nullable().describe('The metrics that it concerns; null for all.'),
    effect: EffectWire.nullable().describe("null: what the metric's calendar says of its kind."),
    mute: z.boolean().describe('Nobody is told of alerts on what it concerns while it lasts.'),
    author: z.string(),
    starts_at: InstantText,
    ends_at: InstantText,
  })
  .meta({ id: 'Annotation' });

export type AnnotationWire = z.infer<typeof AnnotationWireSchema>;

export const AnnotationAnswerSchema = z.object({ annotation: AnnotationWireSchema });
export const AnnotationListSchema = z.object({ annotations: z.array(AnnotationWireSchema) });

/** Why an annotation was not made or ended, for people. */
export const ANNOTATION_REFUSALS: Readonly<Record<AnnotationRefusal, string>> = {
  not_after_its_start: 'its end is not after its start',
  unknown_metric: 'a metric that it names is not configured',
  taken: 'another annotation has this id',
  of_the_calendar: 'it is of the configuration; edit calendar.yaml',
  already_over: 'it is over already',
};

export function annotationWire(annotation: ListedAnnotation): AnnotationWire {
  const { annotationId, origin, kind, title, scope, metrics, effect, mutes, author } = annotation;
  return {
    annotation_id: annotationId,
    origin,
    kind,
    title,
    scope: { ...parseSlice(scope) },
    metrics: metrics === undefined ? null : [...metrics],
    effect: effect === undefined ? null : effectWire(effect),
    mute: mutes === true,
    author,
    starts_at: instantText(annotation.startsAt),
    ends_at: instantText(annotation.endsAt),
  };
}

/** The effect as the program keeps it. */
export function effectOf(wire: EffectWire): CalendarEffect {
  if (typeof wire === 'string') return { kind: wire };
  if ('widen' in wire) return { kind: 'widen', by: wire.widen };
  return { kind: 'shift', times: wire.times ?? 1, plus: wire.plus ?? 0 };
}

function effectWire(effect: CalendarEffect): EffectWire {
  if (effect.kind === 'widen') return { widen: effect.by };
  return effect.kind === 'shift' ? { times: effect.times, plus: effect.plus } : effect.kind;
}
