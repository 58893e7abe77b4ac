import * as sql from './alerts-queries.js';
import { column, dashboard, type PanelDescription, query, queryVariable, thresholds } from './grafana.js';
import {
  ALERT_COLUMNS,
  ALERT_STATE_TEXT,
  AS_TEXT_COLOUR,
  bySeverity,
  DATE,
  hidden,
  linked,
  SEVERITY_TEXT,
  UID,
  WEEK,
  WHOLE,
} from './styles.js';

/** Messages to one channel in one week, past which people stop reading them. */
const FATIGUE_LINE = 30;

const EXCESS = [column('excess cases', WHOLE)];

const openBySeverity = bySeverity(
  {
    title: 'Open alerts',
    description: 'Alerts that have fired and not resolved, acknowledged or not, by severity.',
    width: 8,
    height: 5,
  },
  sql.OPEN_BY_SEVERITY,
);

const howFast: PanelDescription = {
  type: 'stat',
  title: 'How long it took, in the middle case',
  description:
    'Medians over the alerts that fired in the time shown: from the start of the first anomalous bucket until it fired, then until somebody acknowledged it for the first time, and until it resolved.',
  width: 10,
  height: 5,
  queries: [query('table', sql.HOW_FAST)],
  defaults: { unit: 's', decimals: 1, thresholds: thresholds('blue') },
};

const openByOwner: PanelDescription = {
  type: 'bargauge',
  title: 'Open alerts by owner',
  description: 'Who has open alerts, and how many.',
  width: 6,
  height: 5,
  queries: [query('table', sql.OPEN_BY_OWNER)],
  defaults: { ...WHOLE, min: 0, thresholds: thresholds('blue') },
};

const firedByDay: PanelDescription = {
  type: 'timeseries',
  title: 'Alerts that fired, by day',
  description: 'How many alerts fired on each day in UTC, by severity.',
  width: 12,
  height: 8,
  queries: [query('timeseries', sql.FIRED_BY_DAY)],
  defaults: {
    ...WHOLE,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's notation of a label.
    displayName: '${__field.labels.severity}',
    custom: { drawStyle: 'bars', barAlignment: 1, fillOpacity: 60, stacking: { mode: 'normal' } },
  },
};

const messagesByWeek: PanelDescription = {
  type: 'barchart',
  title: 'Messages by channel and week, against the fatigue line',
  description: `Messages that reached each target in each week, by its Monday, without those that only say that an alert was acknowledged or is over. Past ${FATIGUE_LINE} a week people stop reading a channel.`,
  width: 12,
  height: 8,
  queries: [query('timeseries', sql.MESSAGES_BY_WEEK)],
  defaults: {
    ...WHOLE,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's notation of a label.
    displayName: '${__field.labels.target}',
    custom: { fillOpacity: 80, thresholdsStyle: { mode: 'line' } },
    thresholds: thresholds('transparent', [FATIGUE_LINE, 'red']),
    color: { mode: 'palette-classic' },
  },
  overrides: [WEEK],
};

const alerts: PanelDescription = {
  type: 'table',
  title: 'Alerts',
  description:
    'Open alerts first, then those that fired in the time shown and have resolved. Click a title for what happened to it, a slice for its chart.',
  width: 24,
  height: 10,
  queries: [query('table', sql.ALERTS)],
  overrides: [
    linked('slice', 'The chart of this series', UID.metric, { metric: 'metric', slice: 'slice' }),
    ...hidden('metric'),
    ...ALERT_COLUMNS,
  ],
};

const noise: PanelDescription = {
  type: 'table',
  title: 'Noise and precision by metric',
  description:
    'How often each metric raised an alert in the time shown and what people said of them. Precision is the share of alerts that were real (true, expected, or a new normal) among those that somebody has judged.',
  width: 14,
  height: 9,
  queries: [query('table', sql.NOISE)],
  overrides: [
    linked('metric', 'Explore this metric', UID.metric, { metric: 'metric' }),
    column('precision', {
      unit: 'percentunit',
      ...AS_TEXT_COLOUR,
      thresholds: thresholds('red', [0.5, 'orange'], [0.8, 'green']),
    }),
  ],
};

const noisiest: PanelDescription = {
  type: 'table',
  title: 'Series that fired more than once',
  description:
    'The series with the most alerts in the time shown, and how many of those ended before anybody took them. They want another threshold, or a follow-up.',
  width: 10,
  height: 9,
  queries: [query('table', sql.NOISIEST_SERIES)],
  overrides: [
    linked('slice', 'The chart of this series', UID.metric, { metric: 'metric', slice: 'slice' }),
    ...EXCESS,
  ],
};

const chosenAlert: PanelDescription = {
  type: 'table',
  title: 'The chosen alert',
  description:
    'The alert whose title was clicked above, or that is chosen at the top of the page. Click its slice for its chart.',
  width: 24,
  height: 4,
  queries: [query('table', sql.CHOSEN_ALERT)],
  overrides: [
    linked('slice', 'The chart of this series', UID.metric, { metric: 'metric', slice: 'slice' }),
    SEVERITY_TEXT,
    ALERT_STATE_TEXT,
    column('fired', DATE),
    column('resolved', DATE),
  ],
};

const story: PanelDescription = {
  type: 'table',
  title: 'What happened to the chosen alert',
  description: 'Everything that is on record of it, oldest first: what, when, and by whom.',
  width: 14,
  height: 10,
  queries: [query('table', sql.STORY)],
  overrides: [column('at', DATE), ALERT_STATE_TEXT, ...EXCESS],
};

const storyMessages: PanelDescription = {
  type: 'table',
  title: 'Who was told of the chosen alert',
  description: 'Every message about it that was asked for, why, and what became of it.',
  width: 10,
  height: 10,
  queries: [query('table', sql.STORY_MESSAGES)],
  overrides: [column('asked', DATE), column('sent', DATE)],
};

/** Everything about alerts: what is open, how fast people are, how much noise they get, and one in depth. */
export const alertsDashboard = dashboard({
  uid: UID.alerts,
  title: 'Redress alerts',
  description: 'Open alerts, how long people take, how much noise there is, and the story of one alert.',
  from: 'now-28d',
  variables: [
    queryVariable({
      name: 'owner',
      label: 'Owner',
      description: 'Whose alerts to show.',
      sql: sql.OWNERS,
      initially: 'everybody',
    }),
    queryVariable({
      name: 'alert',
      label: 'Alert',
      description: 'The alert whose story is shown; open ones first.',
      sql: sql.ALERT_IDS,
    }),
  ],
  marks: [],
  rows: [
    [openBySeverity, howFast, openByOwner],
    [alerts],
    [chosenAlert],
    [story, storyMessages],
    [firedByDay, messagesByWeek],
    [noise, noisiest],
  ],
});
