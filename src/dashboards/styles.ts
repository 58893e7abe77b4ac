/** How the same thing is shown on every dashboard, and the way from one dashboard to another. */
import { column, type Override, type PanelDescription, query, thresholds } from './grafana.js';
import { STATES } from './shown.js';

export const UID = {
  overview: 'redress-overview',
  metric: 'redress-metric',
  alerts: 'redress-alerts',
  followUps: 'redress-follow-ups',
  pipeline: 'redress-pipeline',
} as const;

/** The first column of a chart of weeks: the day that each began on. */
export const WEEK = column('time', { displayName: 'week from', unit: 'time:D MMM' });
export const AS_TEXT_COLOUR = { 'custom.cellOptions': { type: 'color-text' } };
export const DATE = { unit: 'dateTimeAsIso' };
/** Every digit, in groups of three: 5,600 and not 6 K. */
export const WHOLE = { unit: 'locale', decimals: 0 };

/** A stat of how many alerts there are of each severity, which its query has a column for. */
export function bySeverity(
  of: Pick<PanelDescription, 'title' | 'description' | 'width' | 'height'>,
  sql: string,
): PanelDescription {
  return {
    type: 'stat',
    ...of,
    queries: [query('table', sql)],
    defaults: WHOLE,
    overrides: [
      column('critical', { thresholds: thresholds('green', [1, 'red']) }),
      column('warning', { thresholds: thresholds('green', [1, 'orange']) }),
      column('info', { thresholds: thresholds('green', [1, 'blue']) }),
    ],
  };
}

export const SEVERITY_TEXT = column('severity', {
  ...AS_TEXT_COLOUR,
  mappings: [valueColours({ critical: 'red', warning: 'orange', info: 'blue' })],
});

export const ALERT_STATE_TEXT = column('state', {
  ...AS_TEXT_COLOUR,
  mappings: [valueColours({ pending: 'text', firing: 'red', acknowledged: 'orange', resolved: 'green' })],
});

const STATE_COLOURS = {
  normal: 'green',
  anomalous: 'red',
  'not evaluable': 'semi-dark-yellow',
} as const satisfies Record<(typeof STATES)[number], string>;

/** Of a verdict's state in words. */
export const VERDICT_COLOURS = [valueColours(STATE_COLOURS)];

/** Of a verdict's state as the number that stands for it, which it says in words. */
export const VERDICT_NUMBERS = [
  {
    type: 'value',
    options: Object.fromEntries(
      STATES.map((text, index) => [String(index), { text, color: STATE_COLOURS[text], index }]),
    ),
  },
];

export function valueColours(colours: Readonly<Record<string, string>>): Record<string, unknown> {
  const options = Object.entries(colours).map(([text, color], index) => [text, { color, index }]);
  return { type: 'value', options: Object.fromEntries(options) };
}

/** Columns that are kept in a table's answer for its links alone; the second name is that of Grafana 12.1 and before. */
export const hidden = (...names: string[]): Override[] =>
  names.map((name) => column(name, { 'custom.hideFrom.viz': true, 'custom.hidden': true }));

/**
 * Makes a column's cells lead to another dashboard, at the same time range and data source, with variables filled in
 * from the row: the variable's name to the column that has its value.
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
    links: [{ title, url: `/d/${uid}?\${__url_time_range}&\${datasource:queryparam}${filled.join('')}` }],
  });
}

/** The columns of a table of alerts, each title leading to what happened to the alert. */
export const ALERT_COLUMNS: Override[] = [
  linked('title', 'What happened to this alert', UID.alerts, { alert: 'alert_id' }),
  ...hidden('alert_id'),
  SEVERITY_TEXT,
  ALERT_STATE_TEXT,
  column('fired', DATE),
  column('resolved', DATE),
  column('excess cases', WHOLE),
  column('excess money', WHOLE),
];
