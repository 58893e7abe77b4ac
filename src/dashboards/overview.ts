import {
  annotation,
  answersOf,
  column,
  type Dashboard,
  datasourceVariable,
  type PanelDescription,
  placed,
  query,
  queryVariable,
  thresholds,
} from './grafana.js';
import * as sql from './overview-queries.js';
import { DATASOURCE_NAME, DATASOURCE_UID } from './provisioning.js';

const UID = 'redress-overview';

const SEVERITIES = [
  column('critical', { thresholds: thresholds('green', [1, 'red']) }),
  column('warning', { thresholds: thresholds('green', [1, 'orange']) }),
  column('info', { thresholds: thresholds('green', [1, 'blue']) }),
];

const AS_TEXT_COLOUR = { 'custom.cellOptions': { type: 'color-text' } };
const DATE = { unit: 'dateTimeAsIso' };

const openAlerts: PanelDescription = {
  type: 'stat',
  title: 'Open alerts',
  description: 'Alerts that have fired and not resolved, acknowledged or not, by severity.',
  width: 7,
  height: 4,
  queries: [query('table', sql.OPEN_ALERTS)],
  defaults: { unit: 'short', decimals: 0 },
  overrides: SEVERITIES,
};

const firingAlerts: PanelDescription = {
  type: 'stat',
  title: 'Alerts that nobody has taken',
  description: 'Open alerts without an acknowledgement, or whose acknowledgement has run out, by severity.',
  width: 7,
  height: 4,
  queries: [query('table', sql.FIRING_ALERTS)],
  defaults: { unit: 'short', decimals: 0 },
  overrides: SEVERITIES,
};

const followUpsOpen: PanelDescription = {
  type: 'stat',
  title: 'Follow-ups not closed',
  description:
    'Improvements that are being worked on or verified, and those of them that are past their due date.',
  width: 5,
  height: 4,
  queries: [query('table', sql.FOLLOW_UPS_OPEN)],
  defaults: { unit: 'short', decimals: 0, thresholds: thresholds('text') },
  overrides: [column('overdue', { thresholds: thresholds('green', [1, 'red']) })],
};

const messagesFailed: PanelDescription = {
  type: 'stat',
  title: 'Messages not delivered',
  description:
    'Messages of the time shown that were given up, and those still waiting for their next attempt.',
  width: 5,
  height: 4,
  queries: [query('table', sql.MESSAGES_FAILED)],
  defaults: { unit: 'short', decimals: 0, thresholds: thresholds('green', [1, 'orange']) },
  overrides: [column('given up', { thresholds: thresholds('green', [1, 'red']) })],
};

const valueAndBand: PanelDescription = {
  type: 'timeseries',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's notation of a variable.
  title: '${metric}, ${slice}: value and expected band',
  description:
    'The metric in each bucket, the band that its detectors expected together, and the buckets that they found anomalous. Rates are in percent; counts and sums in their own unit. No band means that there was not enough history or volume to judge.',
  width: 24,
  height: 11,
  queries: [
    query('timeseries', sql.valueAndBand('rate'), 'rate'),
    query('timeseries', sql.valueAndBand('value'), 'value'),
  ],
  defaults: { unit: 'short', custom: { lineWidth: 1, showPoints: 'never', spanNulls: false } },
  overrides: [
    answersOf('rate', { unit: 'percentunit' }),
    column('value', { color: { mode: 'fixed', fixedColor: 'blue' }, 'custom.lineWidth': 2 }),
    column('expected', {
      color: { mode: 'fixed', fixedColor: 'text' },
      'custom.lineStyle': { fill: 'dash', dash: [6, 6] },
    }),
    column('lower', { color: { mode: 'fixed', fixedColor: 'semi-dark-green' }, 'custom.lineWidth': 0 }),
    column('upper', {
      color: { mode: 'fixed', fixedColor: 'semi-dark-green' },
      'custom.lineWidth': 0,
      'custom.fillBelowTo': 'lower',
      'custom.fillOpacity': 20,
    }),
    column('anomalous', {
      color: { mode: 'fixed', fixedColor: 'red' },
      'custom.drawStyle': 'points',
      'custom.showPoints': 'always',
      'custom.pointSize': 8,
    }),
  ],
};

const cases: PanelDescription = {
  type: 'timeseries',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's notation of a variable.
  title: '${metric}, ${slice}: cases behind each point',
  description:
    'How many cases were counted in each bucket, and out of how many. A rate of a few cases says little.',
  width: 12,
  height: 8,
  queries: [query('timeseries', sql.CASES)],
  defaults: { unit: 'short', custom: { lineWidth: 1, fillOpacity: 10, showPoints: 'never' } },
};

const pointsMade: PanelDescription = {
  type: 'timeseries',
  title: 'Points made',
  description:
    'How many points there are for each metric over time, all slices together. A gap is a time without points: no data, or buckets that have not closed yet.',
  width: 12,
  height: 8,
  queries: [query('timeseries', sql.POINTS_MADE)],
  defaults: {
    unit: 'short',
    decimals: 0,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's notation of a label.
    displayName: '${__field.labels.metric}',
    custom: { showPoints: 'never' },
  },
};

const alerts: PanelDescription = {
  type: 'table',
  title: 'Alerts',
  description:
    'Open alerts first, then those that fired in the time shown and have resolved. Click a metric to see its series above.',
  width: 24,
  height: 9,
  queries: [query('table', sql.ALERTS)],
  overrides: [
    column('metric', {
      links: [
        {
          title: 'Show this series',
          url: `/d/${UID}?\${__url_time_range}&var-metric=\${__data.fields.metric:percentencode}&var-slice=\${__data.fields.slice:percentencode}`,
        },
      ],
    }),
    column('severity', {
      ...AS_TEXT_COLOUR,
      mappings: [valueColours({ critical: 'red', warning: 'orange', info: 'blue' })],
    }),
    column('state', {
      ...AS_TEXT_COLOUR,
      mappings: [valueColours({ firing: 'red', acknowledged: 'orange', resolved: 'green' })],
    }),
    column('fired', DATE),
    column('resolved', DATE),
    column('excess cases', { unit: 'short', decimals: 0 }),
    column('excess money', { unit: 'short', decimals: 0 }),
  ],
};

const followUpsByState: PanelDescription = {
  type: 'bargauge',
  title: 'Follow-ups by state',
  description: 'All follow-ups that there have been, by the state that they are in today.',
  width: 8,
  height: 9,
  queries: [query('table', sql.FOLLOW_UPS_BY_STATE)],
  defaults: { unit: 'short', decimals: 0, min: 0, thresholds: thresholds('blue') },
};

const followUps: PanelDescription = {
  type: 'table',
  title: 'Follow-ups',
  description:
    'Those not closed, most urgent due date first, then those that were closed in the time shown. "Saved a week" is what the verified fix spares, in cases, at the volume after it.',
  width: 16,
  height: 9,
  queries: [query('table', sql.FOLLOW_UPS)],
  overrides: [
    column('due', DATE),
    column('overdue', { ...AS_TEXT_COLOUR, mappings: [valueColours({ overdue: 'red' })] }),
    column('saved a week', { unit: 'short', decimals: 0 }),
  ],
};

const messages: PanelDescription = {
  type: 'table',
  title: 'Messages by target and state',
  description:
    'Messages that were asked for in the time shown. "Replaced" ones were overtaken by a newer state before they were sent.',
  width: 8,
  height: 8,
  queries: [query('table', sql.MESSAGES)],
  overrides: [column('given up', { ...AS_TEXT_COLOUR, thresholds: thresholds('text', [1, 'red']) })],
};

const rejected: PanelDescription = {
  type: 'table',
  title: 'Rejected events by reason',
  description:
    'Inputs of the time shown that gave no event, by reason and the field at fault. They are kept as they came in rejected_events.',
  width: 8,
  height: 8,
  queries: [query('table', sql.REJECTED)],
  overrides: [column('latest', DATE)],
};

const HOUR_SECONDS = 3_600;

const freshness: PanelDescription = {
  type: 'table',
  title: 'How fresh the data is',
  description:
    'The newest event of each source up to the end of the time shown, looking back 90 days, and how far behind that end it is.',
  width: 8,
  height: 8,
  queries: [query('table', sql.FRESHNESS)],
  overrides: [
    column('last event', DATE),
    column('last arrival', DATE),
    column('behind', {
      unit: 's',
      ...AS_TEXT_COLOUR,
      thresholds: thresholds('green', [HOUR_SECONDS, 'orange'], [24 * HOUR_SECONDS, 'red']),
    }),
  ],
};

/** The dashboard for everybody: how the metrics are, what is wrong, who is on it, whether the data flows. */
export const overview: Dashboard = {
  uid: UID,
  title: 'Redress overview',
  description: 'Metrics with their expected bands, alerts, follow-ups, messages, and the health of the data.',
  tags: ['redress'],
  schemaVersion: 39,
  version: 1,
  editable: true,
  timezone: 'browser',
  refresh: '1m',
  time: { from: 'now-7d', to: 'now' },
  graphTooltip: 1,
  templating: {
    list: [
      datasourceVariable(DATASOURCE_UID, DATASOURCE_NAME),
      queryVariable({
        name: 'metric',
        label: 'Metric',
        description: 'The metric to show in the charts.',
        sql: sql.METRICS,
      }),
      queryVariable({
        name: 'slice',
        label: 'Slice',
        description: "The part of the marketplace to show; 'all' is the whole.",
        sql: sql.SLICES,
      }),
    ],
  },
  annotations: {
    list: [
      annotation('Alerts', 'red', sql.ALERT_MARKS),
      annotation('Campaigns, holidays, changes', 'purple', sql.CALENDAR_MARKS),
    ],
  },
  panels: placed([
    [openAlerts, firingAlerts, followUpsOpen, messagesFailed],
    [valueAndBand],
    [cases, pointsMade],
    [alerts],
    [followUpsByState, followUps],
    [messages, rejected, freshness],
  ]),
};

function valueColours(colours: Readonly<Record<string, string>>): Record<string, unknown> {
  const options = Object.entries(colours).map(([text, color], index) => [text, { color, index }]);
  return { type: 'value', options: Object.fromEntries(options) };
}
