import type { ZodObject, ZodType } from 'zod';
import type { Json } from '../../model/json.js';
import { isLevel, isRate, type MetricDefinition } from '../../model/metric.js';
import type { Detector } from '../contract.js';

/** One setting of a metric that may be tried at other values. */
export interface Tunable {
  /** Its place within the metric's entry of the configuration. */
  path: readonly (string | number)[];
  /** What it is called for people: `z-score width`. */
  name: string;
  /** What it is today; null where the configuration leaves it to the default. */
  today: number | null;
  /** The values to try, ascending. */
  values: readonly number[];
}

/** How many anomalous points make an alert. */
const RUNS = [1, 2, 3, 4, 6];
/** The smallest deviation that matters, in parts of what is expected. */
const RELATIVE_DEVIATIONS = [0.1, 0.2, 0.3, 0.5, 1];
/** The alerts a week that chance alone may give. */
const BUDGETS = [0.25, 0.5, 1, 2, 4];
/** The smallest volume, in parts of today's. */
const VOLUMES = [0.5, 2, 4];

/**
 * What may be tuned of a metric: the parameters that its detectors' schemas mark, and what the pipeline has for all
 * detectors alike: the run of points before an alert, the smallest deviation that matters, the alerts that chance may give and the
 * smallest volume.
 */
export function tunablesOf(metric: MetricDefinition, detectors: readonly Detector[]): Tunable[] {
  const { alert, falseAlertsPerWeek, measure, minDenominator, minRelativeDeviation } = metric;
  const weighed = isRate(measure.kind) || isLevel(measure.kind);
  const volume = weighed ? 'min_denominator' : 'min_expected';
  const volumes = VOLUMES.map((part) => Math.round(part * minDenominator)).filter((value) => value > 0);
  return [
    ...metric.detect.flatMap(({ use, params }, index) => {
      const detector = detectors.find(({ name }) => name === use);
      return detector === undefined
        ? []
        : marked(detector).map(([parameter, values]) => ({
            path: ['detect', index, parameter],
            name: `${use} ${parameter}`,
            today: numberOrNull(params[parameter]),
            values,
          }));
    }),
    // Any three of five is a thought of its own, which no single number can take the place of.
    ...(alert.forOf === undefined
      ? [{ path: ['alert', 'for'], name: 'alert for', today: alert.for, values: RUNS }]
      : []),
    {
      path: ['min_relative_deviation'],
      name: 'min_relative_deviation',
      today: minRelativeDeviation ?? null,
      values: RELATIVE_DEVIATIONS,
    },
    {
      path: ['false_alerts_per_week'],
      name: 'false_alerts_per_week',
      today: falseAlertsPerWeek ?? null,
      values: BUDGETS,
    },
    ...(volumes.length === 0
      ? []
      : [{ path: [volume], name: volume, today: minDenominator, values: [...new Set(volumes)] }]),
  ];
}

/** The parameters that a detector's schema marks with `.meta({ tune: […] })`. */
function marked({ parameters }: Detector): [name: string, values: number[]][] {
  const { shape = {} } = parameters as Partial<ZodObject>;
  return Object.entries(shape).flatMap(([name, schema]): [string, number[]][] => {
    const values = (schema as ZodType).meta()?.tune;
    return Array.isArray(values) ? [[name, values.map(Number)]] : [];
  });
}

const numberOrNull = (value: Json | undefined): number | null => (typeof value === 'number' ? value : null);
