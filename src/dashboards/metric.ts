import { CALENDAR_MARKS } from './chosen.js';
import {
  annotation,
  answersOf,
  column,
  dashboard,
  type PanelDescription,
  query,
  queryVariable,
  thresholds,
} from './grafana.js';
import * as sql from './metric-queries.js';
import { ALERT_COLUMNS, AS_TEXT_COLOUR, UID, VERDICT_COLOURS, VERDICT_NUMBERS, WHOLE } from './styles.js';

/**
 * A line under its column's own name. Of a panel with several queries Grafana puts the query's name before it, and would not
 * find `lower` to fill the band down to.
 */
const line = (name: string, properties: Readonly<Record<string, unknown>>) =>
  column(name, { displayName: name, ...properties });

const valueAndBand: PanelDescription = {
  type: 'timeseries',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's notation of a variable.
  title: '${metric}, ${slice}: value and expected band',
  description:
    'The metric in each bucket, the band that the chosen detector expected, and the buckets that it found anomalous. Rates are in percent; counts and sums in their own unit. No band means that there was not enough history or volume to judge.',
  width: 24,
  height: 11,
  queries: [
    query('timeseries', sql.valueAndBand('rate'), 'rate'),
    query('timeseries', sql.valueAndBand('value'), 'value'),
  ],
  defaults: { unit: 'short', custom: { lineWidth: 1, showPoints: 'auto' } },
  overrides: [
    answersOf('rate', { unit: 'percentunit' }),
    line('value', { color: { mode: 'fixed', fixedColor: 'blue' }, 'custom.lineWidth': 2 }),
    line('expected', {
      color: { mode: 'fixed', fixedColor: 'text' },
      'custom.lineStyle': { fill: 'dash', dash: [6, 6] },
    }),
    line('lower', { color: { mode: 'fixed', fixedColor: 'semi-dark-green' }, 'custom.lineWidth': 0 }),
    line('upper', {
      color: { mode: 'fixed', fixedColor: 'semi-dark-green' },
      'custom.lineWidth': 0,
      'custom.fillBelowTo': 'lower',
      'custom.fillOpacity': 20,
    }),
    line('anomalous', {
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
  defaults: { unit: 'short', custom: { lineWidth: 1, fillOpacity: 10, showPoints: 'auto' } },
};

const scores: PanelDescription = {
  type: 'timeseries',
  title: 'How unusual each detector found it',
  description:
    'The score of every detector and of their combination: 0 is as expected, 1 is on the edge of the band, above 1 is anomalous.',
  width: 12,
  height: 8,
  queries: [query('timeseries', sql.SCORES)],
  defaults: {
    unit: 'none',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's notation of a label.
    displayName: '${__field.labels.detector}',
    custom: { showPoints: 'auto', thresholdsStyle: { mode: 'line' } },
    thresholds: thresholds('transparent', [1, 'red']),
  },
};

const verdictStates: PanelDescription = {
  type: 'state-timeline',
  title: 'What each detector said',
  description: 'The verdict of every detector and of their combination on each bucket.',
  width: 12,
  height: 8,
  queries: [query('timeseries', sql.VERDICT_STATES)],
  defaults: {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's notation of a label.
    displayName: '${__field.labels.detector}',
    mappings: VERDICT_NUMBERS,
  },
};

const reasons: PanelDescription = {
  type: 'table',
  title: 'Why it was judged so',
  description:
    'How many buckets each detector judged in which way. A reason is given for what could not be evaluated and for what was out of band and yet does not count.',
  width: 12,
  height: 8,
  queries: [query('table', sql.REASONS)],
  overrides: [column('status', { ...AS_TEXT_COLOUR, mappings: VERDICT_COLOURS }), column('buckets', WHOLE)],
};

const slicesByImpact: PanelDescription = {
  type: 'table',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's notation of a variable.
  title: 'Slices by ${dimensions}, those furthest from what was expected first',
  description:
    'What was counted in each slice over the time shown, what its detectors expected, and the difference. Only buckets in which something was expected are counted. Click a slice to see it above.',
  width: 14,
  height: 10,
  queries: [query('table', sql.SLICES_BY_IMPACT)],
  overrides: [
    seriesLink('slice'),
    column('counted', WHOLE),
    column('expected', { unit: 'locale', decimals: 1 }),
    column('excess', {
      unit: 'locale',
      decimals: 1,
      'custom.cellOptions': { type: 'gauge', mode: 'basic', valueDisplayMode: 'text' },
    }),
    column('anomalous buckets', {
      ...WHOLE,
      ...AS_TEXT_COLOUR,
      thresholds: thresholds('text', [1, 'red']),
    }),
  ],
};

const neighbours: PanelDescription = {
  type: 'table',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's notation of a variable.
  title: 'From ${slice} one step up or down',
  description:
    'The slices that lie in the chosen one with one dimension more, and those that it lies in itself. Click one to see it above.',
  width: 10,
  height: 10,
  queries: [query('table', sql.NEIGHBOURS)],
  overrides: [seriesLink('slice'), column('counted', WHOLE), column('out of', WHOLE)],
};

const alerts: PanelDescription = {
  type: 'table',
  title: 'Alerts of this series',
  description: 'Alerts that were open in the time shown. Click a title to see what happened to one.',
  width: 24,
  height: 7,
  queries: [query('table', sql.ALERTS)],
  overrides: ALERT_COLUMNS,
};

/** To the same dashboard with another slice, the metric and the slicing staying as they are. */
function seriesLink(name: string) {
  return column(name, {
    links: [
      {
        title: 'Show this slice',
        url: `/d/${UID.metric}?\${__url_time_range}&\${datasource:queryparam}&var-metric=\${metric:percentencode}&var-dimensions=\${dimensions:percentencode}&var-slice=\${__data.fields["${name}"]:percentencode}`,
      },
    ],
  });
}

/** One metric in depth: from the whole down to a slice, with what the detectors made of it. */
export const metric = dashboard({
  uid: UID.metric,
  title: 'Redress metric',
  description: 'One metric on one slice with its expected band, and the slices around it by impact.',
  from: 'now-14d',
  variables: [
    queryVariable({
      name: 'metric',
      label: 'Metric',
      description: 'The metric to show.',
      sql: sql.METRICS,
    }),
    queryVariable({
      name: 'dimensions',
      label: 'Cut by',
      description: "The dimensions to compare slices by; 'all' is the whole.",
      sql: sql.SLICINGS,
    }),
    queryVariable({
      name: 'slice',
      label: 'Slice',
      description: "The part of the marketplace to show; 'all' is the whole.",
      sql: sql.SLICES,
    }),
    queryVariable({
      name: 'detector',
      label: 'Detector',
      description: "Whose band to show; 'combined' is what they agreed on.",
      sql: sql.DETECTORS,
      initially: 'combined',
    }),
  ],
  marks: [
    annotation('Alerts', 'red', sql.ALERT_MARKS),
    annotation('Follow-ups', 'blue', sql.FOLLOW_UP_MARKS),
    annotation('Campaigns, holidays, changes, fixes', 'purple', CALENDAR_MARKS),
  ],
  rows: [[valueAndBand], [cases, scores], [slicesByImpact, neighbours], [verdictStates, reasons], [alerts]],
});
