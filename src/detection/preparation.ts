import { isRate, type MetricDefinition, nominalSeconds } from '../model/metric.js';
import type { Detector, SeriesContext } from './contract.js';

/** Detectors wait longer than people are told that a level is normal by so much, and a year of hours where they never are. */
const LATER = 7 / 6;
const LONGEST_WAIT = 10_000;

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
      acceptAfter: Math.min(LONGEST_WAIT, Math.ceil(LATER * (metric.newNormalAfter ?? LONGEST_WAIT))),
    },
    uses: metric.detect.map(({ use, params }) => {
      const detector = detectors.get(use);
      if (detector === undefined) throw new Error(`no detector '${use}' for the metric '${metric.id}'`);
      return { detector, params: detector.parameters.parse(params), parameters: JSON.stringify(params) };
    }),
  };
}
