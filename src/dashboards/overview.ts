import { column, dashboard, type PanelDescription, query, thresholds } from './grafana.js';
import * as sql from './overview-queries.js';
import {
  ALERT_COLUMNS,
  AS_TEXT_COLOUR,
  bySeverity,
  DATE,
  hidden,
  linked,
  UID,
  VERDICT_COLOURS,
  VERDICT_NUMBERS,
  WHOLE,
} from './styles.js';

const HOUR_SECONDS = 3_600;

const openAlerts = bySeverity(
  {
    title: 'Open alerts',
    description: 'Alerts that have fired and not resolved, acknowledged or not, by severity.',
    width: 7,
    height: 4,
  },
  sql.OPEN_ALERTS,
);

const firingAlerts = bySeverity(
  {
    title: 'Alerts that nobody has taken',
    description: 'Open alerts without an acknowledgement, or whose acknowledgement has run out, by severity.',
    width: 7,
    height: 4,
  },
  sql.FIRING_ALERTS,
);

const followUpsOpen: PanelDescription = {
  type: 'stat',
  title: 'Follow-ups not closed',
  description: 'Improvements that are still being worked on, and those of them past their due date.',
  width: 5,
  height: 4,
  queries: [query('table', sql.FOLLOW_UPS_OPEN)],
  defaults: { ...WHOLE, thresholds: thresholds('blue') },
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
  defaults: { ...WHOLE, thresholds: thresholds('green', [1, 'orange']) },
  overrides: [column('given up', { thresholds: thresholds('green', [1, 'red']) })],
};

const metricsNow: PanelDescription = {
  type: 'table',
  title: 'Every metric now, against what was expected',
  description:
    'The newest judged bucket of each metric, over the whole marketplace, or in its worst slice where the whole is not measured. A score of 0 is as expected, 1 is on the edge of the band, above 1 is anomalous. Click a metric to explore it.',
  width: 24,
  height: 9,
  queries: [query('table', sql.METRICS_NOW)],
  overrides: [
    linked('metric', 'Explore this metric', UID.metric, { metric: 'metric', slice: 'slice' }),
    column('score', {
      decimals: 2,
      'custom.cellOptions': { type: 'color-background', mode: 'basic' },
      thresholds: thresholds('transparent', [0.7, 'semi-dark-yellow'], [1, 'semi-dark-red']),
    }),
    column('status', { ...AS_TEXT_COLOUR, mappings: VERDICT_COLOURS }),
    column('bucket', DATE),
    column('age', { unit: 's' }),
    column('open alerts', { ...WHOLE, ...AS_TEXT_COLOUR, thresholds: thresholds('text', [1, 'red']) }),
  ],
};

const metricStates: PanelDescription = {
  type: 'state-timeline',
  title: 'How the metrics were',
  description:
    'The verdict on each metric over the whole marketplace, or in its worst slice where the whole is not measured, bucket by bucket. A gap is a time without verdicts: no data, or buckets that have not closed yet.',
  width: 24,
  height: 8,
  queries: [query('timeseries', sql.METRIC_STATES)],
  defaults: {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's notation of a label.
    displayName: '${__field.labels.metric}',
    mappings: VERDICT_NUMBERS,
  },
};

const alerts: PanelDescription = {
  type: 'table',
  title: 'Alerts',
  description:
    'Open alerts first, then those that fired in the time shown and have resolved. Click a title to see what happened to the alert.',
  width: 24,
  height: 9,
  queries: [query('table', sql.ALERTS)],
  overrides: ALERT_COLUMNS,
};

const causes: PanelDescription = {
  type: 'table',
  title: 'Where alerts come from',
  description:
    'The slices that explain each alert, as its analysis found them when it fired: how much of the change is there, and how sure that is.',
  width: 24,
  height: 7,
  queries: [query('table', sql.CAUSES)],
  overrides: [
    linked('title', 'What happened to this alert', UID.alerts, { alert: 'alert_id' }),
    ...hidden('alert_id'),
    column('of the change', { unit: 'percentunit', decimals: 0 }),
    column('excess cases', WHOLE),
    column('confidence', { unit: 'percentunit', decimals: 0 }),
    column('fired', DATE),
  ],
};

const followUpsOverdue: PanelDescription = {
  type: 'table',
  title: 'Follow-ups past their due date',
  description: 'Improvements that are late, the latest first.',
  width: 14,
  height: 8,
  queries: [query('table', sql.FOLLOW_UPS_OVERDUE)],
  overrides: [
    linked('title', 'All follow-ups', UID.followUps, {}),
    column('due', DATE),
    column('late', { unit: 's', ...AS_TEXT_COLOUR, thresholds: thresholds('red') }),
  ],
};

const freshness: PanelDescription = {
  type: 'table',
  title: 'How fresh the data is',
  description:
    'The newest event of each source up to the end of the time shown, looking back 90 days, and how far behind that end it is.',
  width: 10,
  height: 8,
  queries: [query('table', sql.FRESHNESS)],
  overrides: [
    linked('source', 'The pipeline', UID.pipeline, {}),
    column('last event', DATE),
    column('last arrival', DATE),
    column('behind', {
      unit: 's',
      ...AS_TEXT_COLOUR,
      thresholds: thresholds('green', [HOUR_SECONDS, 'orange'], [24 * HOUR_SECONDS, 'red']),
    }),
  ],
};

/** One screen for a morning look: how the metrics are, what is wrong, who is late, whether the data flows. */
export const overview = dashboard({
  uid: UID.overview,
  title: 'Redress overview',
  description: 'Every metric against what was expected, open alerts, late follow-ups, and fresh data or not.',
  from: 'now-7d',
  variables: [],
  marks: [],
  rows: [
    [openAlerts, firingAlerts, followUpsOpen, messagesFailed],
    [metricsNow],
    [metricStates],
    [alerts],
    [causes],
    [followUpsOverdue, freshness],
  ],
});
