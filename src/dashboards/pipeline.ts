import { column, dashboard, type PanelDescription, query, thresholds } from './grafana.js';
import { FRESHNESS } from './overview-queries.js';
import * as sql from './pipeline-queries.js';
import { AS_TEXT_COLOUR, DATE, linked, UID, WHOLE } from './styles.js';

const HOUR_SECONDS = 3_600;

/** A line for each value of one label. */
const linesBy = (label: string): Record<string, unknown> => ({
  displayName: `\${__field.labels.${label}}`,
  custom: { showPoints: 'auto', fillOpacity: 10 },
});

const throughput: PanelDescription = {
  type: 'timeseries',
  title: 'Events that arrived',
  description:
    'New events by the time at which they arrived, for each source. What was sent twice counts once.',
  width: 12,
  height: 8,
  queries: [query('timeseries', sql.THROUGHPUT)],
  defaults: { ...WHOLE, ...linesBy('source') },
};

const lag: PanelDescription = {
  type: 'timeseries',
  title: 'How old events are when they arrive',
  description:
    'The time from when something happened until its event was stored. It grows when Kafka cannot be read fast enough, or when the marketplace sends late. Prometheus has the messages that wait in each partition.',
  width: 12,
  height: 8,
  queries: [query('timeseries', sql.LAG)],
  defaults: { unit: 's', custom: { showPoints: 'auto' } },
};

const freshness: PanelDescription = {
  type: 'table',
  title: 'How fresh the data is',
  description:
    'The newest event of each source up to the end of the time shown, looking back 90 days, and how far behind that end it is.',
  width: 12,
  height: 7,
  queries: [query('table', FRESHNESS)],
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

const tables: PanelDescription = {
  type: 'table',
  title: 'How much there is',
  description: 'Metrics, series and rows of the time shown.',
  width: 12,
  height: 7,
  queries: [query('table', sql.TABLES)],
  defaults: WHOLE,
};

const rejectedOverTime: PanelDescription = {
  type: 'timeseries',
  title: 'Rejected events',
  description: 'Inputs that gave no event, by the time at which they arrived and the reason.',
  width: 12,
  height: 8,
  queries: [query('timeseries', sql.REJECTED_OVER_TIME)],
  defaults: { ...WHOLE, ...linesBy('reason') },
};

const rejected: PanelDescription = {
  type: 'table',
  title: 'Rejected events by reason',
  description:
    'Inputs of the time shown that gave no event, by reason and the field at fault. They are kept as they came in rejected_events; redress rejected lists and feeds them again.',
  width: 12,
  height: 8,
  queries: [query('table', sql.REJECTED)],
  overrides: [column('latest', DATE)],
};

const pointsMade: PanelDescription = {
  type: 'timeseries',
  title: 'Points made',
  description:
    'How many points there are for each metric over time, all slices together. A gap is a time without points: no data, or buckets that have not closed yet.',
  width: 12,
  height: 8,
  queries: [query('timeseries', sql.POINTS_MADE)],
  defaults: { ...WHOLE, ...linesBy('metric') },
};

const bucketDelay: PanelDescription = {
  type: 'timeseries',
  title: 'From the end of a bucket to its points',
  description:
    'How long after the end of a bucket its points were made, by bucket. The lateness that a metric allows is part of it. Buckets of a replay or a loaded history show how long ago they were.',
  width: 12,
  height: 8,
  queries: [query('timeseries', sql.BUCKET_DELAY)],
  defaults: { unit: 's', custom: { showPoints: 'auto' } },
};

const detectionTime: PanelDescription = {
  type: 'timeseries',
  title: 'From a point to its verdict',
  description: 'How long after the points over the whole marketplace were made they had been judged.',
  width: 12,
  height: 8,
  queries: [query('timeseries', sql.DETECTION_TIME)],
  defaults: { unit: 'ms', custom: { showPoints: 'auto' } },
};

const verdicts: PanelDescription = {
  type: 'table',
  title: 'Verdicts and their reasons',
  description:
    'How many points were judged in which way, all metrics and slices together. What could not be evaluated says why.',
  width: 12,
  height: 8,
  queries: [query('table', sql.VERDICTS)],
  overrides: [column('points', WHOLE)],
};

const errors: PanelDescription = {
  type: 'table',
  title: 'Detectors that failed',
  description:
    'Points on which a detector failed. The failure is contained and the other detectors go on; the log has the cause.',
  width: 12,
  height: 8,
  queries: [query('table', sql.ERRORS)],
  overrides: [
    linked('metric', 'Explore this metric', UID.metric, { metric: 'metric' }),
    column('points', { ...WHOLE, ...AS_TEXT_COLOUR, thresholds: thresholds('text', [1, 'red']) }),
    column('latest', DATE),
  ],
};

const messagesOverTime: PanelDescription = {
  type: 'timeseries',
  title: 'Messages by state',
  description:
    'Messages by the time at which they were asked for, and what became of them. "Superseded" ones were overtaken by a newer state before they were sent.',
  width: 12,
  height: 8,
  queries: [query('timeseries', sql.MESSAGES_OVER_TIME)],
  defaults: { ...WHOLE, ...linesBy('state') },
};

const messages: PanelDescription = {
  type: 'table',
  title: 'Messages by target',
  description:
    'Messages that were asked for in the time shown, by target, and how long it took until they had arrived. "Replaced" ones were overtaken by a newer state before they were sent.',
  width: 24,
  height: 8,
  queries: [query('table', sql.MESSAGES)],
  overrides: [
    column('given up', { ...WHOLE, ...AS_TEXT_COLOUR, thresholds: thresholds('text', [1, 'red']) }),
    column('99 of 100 sent within', { unit: 'ms' }),
  ],
};

/** For operators: whether the data flows, from the event to the message. */
export const pipeline = dashboard({
  uid: UID.pipeline,
  title: 'Redress pipeline',
  description: 'Events, points, verdicts and messages: how many, how late, and what went wrong.',
  from: 'now-24h',
  variables: [],
  marks: [],
  rows: [
    [throughput, lag],
    [freshness, tables],
    [rejectedOverTime, rejected],
    [pointsMade, bucketDelay],
    [detectionTime, messagesOverTime],
    [verdicts, errors],
    [messages],
  ],
});
