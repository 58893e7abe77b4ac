import type {
  Detector,
  Judge,
  Judgement,
  SeriesContext,
  SeriesPoint,
} from '../../../src/detection/contract.js';
import { HOUR } from '../../../src/model/clock.js';
import type { Json } from '../../../src/model/json.js';

export const START = Date.UTC(2024, 0, 1);
export const hourlyRate: SeriesContext = { kind: 'rate', bucketSeconds: 3_600, timezone: 'Europe/London' };
export const hourlyValue: SeriesContext = { ...hourlyRate, kind: 'value' };

/** A judge with the parameters that a person would write in configuration. */
export function judgeOf(detector: Detector, series: SeriesContext, params: object = {}, saved?: Json): Judge {
  return detector.create(detector.parameters.parse(params), series, saved);
}

export function judgeAll(
  detector: Detector,
  series: SeriesContext,
  points: readonly SeriesPoint[],
  params: object = {},
): Judgement[] {
  const judge = judgeOf(detector, series, params);
  return points.map((point) => judge.observe(point));
}

export function rateAt(index: number, numerator: number, denominator: number): SeriesPoint {
  const bucketStart = START + index * HOUR;
  return { bucketStart, value: numerator / denominator, numerator, denominator, annotations: [] };
}

export function valueAt(index: number, value: number): SeriesPoint {
  return { bucketStart: START + index * HOUR, value, numerator: value, denominator: null, annotations: [] };
}

export function isAnomalous(judgement: Judgement | undefined): boolean {
  return judgement?.status === 'judged' && judgement.score > 1;
}
