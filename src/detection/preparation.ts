import { isRate, type MetricDefinition, nominalSeconds } from '../model/metric.js';
import type { Detector, SeriesContext } from './contract.js';

/** Detectors wait longer by so much than until people are told that a level is normal; where they never are, for ever. */
const LATER = 7 / 6;

/** What is the same for all series of a metric, made once. */
export interface Preparation {
  series: SeriesContext;
  uses: readonly { detector: Detector; params: unknown; parameters: string }[];
}

/** Throws for a detector that there is not, which configuration has been checked for. */
export function prepare(metric: MetricDefinition, detectors: ReadonlyMap<string, Detector>): Preparation {
  return {
    series: {
      kind: isRate(metric.measure.kind) ? 'rate' : 'value',
      bucketSeconds: nominalSeconds(metric.bucket),
      timezone: metric.timezone,
      acceptAfter: Math.ceil(LATER * (metric.newNormalAfter ?? Number.POSITIVE_INFINITY)),
    },
    uses: metric.detect.map(({ use, params }) => {
      const detector = detectors.get(use);
      if (detector === undefined) throw new Error(`no detector '${use}' for the metric '${metric.id}'`);
      return { detector, params: detector.parameters.parse(params), parameters: JSON.stringify(params) };
    }),
  };
}
