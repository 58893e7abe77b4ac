/** How the dashboards' SQL puts what is stored, so that people and charts can read it. */

/** A value as people read it: rates in percent. */
export const asText = (value: string, isRate: string): string =>
  `multiIf(${value} IS NULL, '', ${isRate}, concat(toString(round(100 * assumeNotNull(${value}), 2)), ' %'), toString(round(assumeNotNull(${value}), 1)))`;

/** What a verdict can say, each at the number that stands for it on a chart. */
export const STATES = ['normal', 'anomalous', 'not evaluable'] as const;

/**
 * A verdict's state as a number. Of rows with a time, a label and a number the plugin makes one series for each label; rows
 * without a number it hands over as they are, and a chart over time has nothing to draw.
 */
export const stateNumber = (status: string): string =>
  `indexOf([${STATES.map((state) => `'${state}'`).join(', ')}], replaceAll(${status}, '_', ' ')) - 1`;
