/** What plug-in authors import: the detector contract and the words that it is written in. */
export type {
  Detector,
  Judge,
  Judgement,
  ParentPoint,
  SeriesContext,
  SeriesPoint,
} from './detection/contract.js';
export { defineDetector } from './detection/contract.js';
export type { Annotation, AnnotationKind, CalendarEffect } from './model/annotation.js';
export type { Json } from './model/json.js';
