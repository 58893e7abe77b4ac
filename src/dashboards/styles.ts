/** How the same thing is shown on every dashboard, and the way from one dashboard to another. */
import { column, type Override, thresholds } from './grafana.js';

export const UID = {
  overview: 'redress-overview',
  metric: 'redress-metric',
  alerts: 'redress-alerts',
  followUps: 'redress-follow-ups',
  pipeline: 'redress-pipeline',
} as const;

export const AS_TEXT_COLOUR = { 'custom.cellOptions': { type: 'color-text' } };
export const DATE = { unit: 'dateTimeAsIso' };
export const WHOLE = { unit: 'short', decimals: 0 };

/** A column for each severity, as a stat shows them. */
export const SEVERITIES = [
  column('critical', { thresholds: thresholds('green', [1, 'red']) }),
  column('warning', { thresholds: thresholds('green', [1, 'orange']) }),
  column('info', { thresholds: thresholds('green', [1, 'blue']) }),
];

export const SEVERITY_TEXT = column('severity', {
  ...AS_TEXT_COLOUR,
  mappings: [valueColours({ critical: 'red', warning: 'orange', info: 'blue' })],
});

export const ALERT_STATE_TEXT = column('state', {
  ...AS_TEXT_COLOUR,
  mappings: [valueColours({ pending: 'text', firing: 'red', acknowledged: 'orange', resolved: 'green' })],
});

export const VERDICT_COLOURS = [
  valueColours({ normal: 'green', anomalous: 'red', 'not evaluable': 'semi-dark-yellow' }),
];

export function valueColours(colours: Readonly<Record<string, string>>): Record<string, unknown> {
  const options = Object.entries(colours).map(([text, color], index) => [text, { color, index }]);
  return { type: 'value', options: Object.fromEntries(options) };
}

/** Columns that are kept in a table's answer for its links alone. */
export const hidden = (...names: string[]): Override[] =>
  names.map((name) => column(name, { 'custom.hideFrom.viz': true }));

/**
 * Makes a column's cells lead to another dashboard, at the same time range, with variables filled in from the
 * row: the variable's name to the column that has its value.
 */
export function linked(
  name: string,
  title: string,
  uid: string,
  variables: Readonly<Record<string, string>>,
): Override {
  const filled = Object.entries(variables).map(
    ([variable, from]) => `&var-${variable}=\${__data.fields["${from}"]:percentencode}`,
  );
  return column(name, {
    links: [{ title, url: `/d/${uid}?\${__url_time_range}${filled.join('')}` }],
  });
}
