import type { Command } from 'commander';
import { AlertListSchema, type AlertStory, AlertStorySchema, type AlertWire } from '../http/alert-wire.js';
import { formatBand, formatSliceWords, formatValue } from '../notify/wording.js';
import { alertPath, registerActions } from './alert-actions.js';
import { analysisOf, analysisText } from './alert-analysis.js';
import { storyText } from './alert-story.js';
import { globalOptions } from './context.js';
import type { CliIo } from './io.js';
import { clientFor, type ServiceClient, withService } from './service-client.js';
import { type Column, formatFacts, formatTable, formatTime } from './table.js';

interface ServiceOptions {
  url: string;
}

export function register(program: Command, io: CliIo): void {
  const alerts = program.command('alerts').description('alerts of the running service: list, show, act');
  withService(alerts.command('list', { isDefault: true }))
    .description('alerts that are not over, newest first')
    .option(
      '--state <states>',
      'pending, firing, acknowledged, resolved or open; several with commas',
      'open',
    )
    .option('--all', 'whatever their state', false)
    .action(async (options: ServiceOptions & { state: string; all: boolean }, command: Command) => {
      const query = options.all ? '' : `?state=${encodeURIComponent(options.state)}`;
      const answer = await clientFor(options).get(`/v1/alerts${query}`, AlertListSchema);
      if (globalOptions(command).json) for (const alert of answer.alerts) io.out(JSON.stringify(alert));
      else io.out(answer.alerts.length === 0 ? 'No alerts.' : alertTable(answer.alerts));
    });

  withService(alerts.command('show'))
    .description('one alert, and what happened to it')
    .argument('<id>')
    .action(async (id: string, options: ServiceOptions, command: Command) => {
      const client = clientFor(options);
      const answer = await client.get(alertPath(id), AlertStorySchema);
      const analysis = await analysisOf(client, alertPath(id));
      const { alert, not_evaluable, impact, story } = answer;
      const together = alert.group_id === '' ? [] : await groupOf(client, alert);
      if (globalOptions(command).json)
        io.out(JSON.stringify({ ...alert, not_evaluable, impact, story, analysis }));
      else
        io.out(
          [alertFacts(answer), groupText(alert, together), analysisText(analysis), storyText(story)]
            .filter(Boolean)
            .join('\n\n'),
        );
    });

  registerActions(alerts, io);
}

/** The other alerts that are shown with one. */
async function groupOf(client: ServiceClient, { alert_id, group_id }: AlertWire): Promise<AlertWire[]> {
  const { alerts } = await client.get(`/v1/alerts?group=${encodeURIComponent(group_id)}`, AlertListSchema);
  return alerts.filter((other) => other.alert_id !== alert_id);
}

/** What it is shown with and why, a line each; empty for an alert by itself. */
function groupText(alert: AlertWire, others: readonly AlertWire[]): string {
  if (others.length === 0) return '';
  const cause = [alert, ...others].find(({ same_cause }) => same_cause !== null)?.same_cause?.slice;
  const why = cause === undefined ? '' : `, which have the same cause: ${formatSliceWords(cause)}`;
  const lines = others.map(
    ({ alert_id, title, slice, state, leads_group }) =>
      `  ${alert_id}: ${title}, ${formatSliceWords(slice)}, ${state}${leads_group ? ', speaks for all of them' : ''}`,
  );
  return [`One incident with these${why}`, ...lines].join('\n');
}

const ALERT_COLUMNS: readonly Column[] = [
  { heading: 'ALERT' },
  { heading: 'STATE' },
  { heading: 'SEVERITY' },
  { heading: 'SINCE (UTC)' },
  { heading: 'WHAT' },
  { heading: 'WHERE' },
  { heading: 'LAST', align: 'right' },
  { heading: 'EXPECTED', align: 'right' },
  { heading: 'IMPACT', align: 'right' },
  { heading: 'OWNER' },
];

function alertTable(alerts: readonly AlertWire[]): string {
  return formatTable(
    ALERT_COLUMNS,
    alerts.map((alert) => {
      const measured = alert.kind === 'metric';
      return [
        alert.alert_id,
        alert.state,
        alert.severity,
        formatTime(alert.started_at),
        alert.title,
        measured ? formatSliceWords(alert.slice) : '-',
        measured ? valueText(alert, alert.last.value) : '-',
        measured ? valueText(alert, alert.last.expected) : '-',
        measured ? impactText(alert) : '-',
        alert.owner === '' ? '-' : alert.owner,
      ];
    }),
  );
}

function alertFacts({ alert, not_evaluable: unjudged, impact }: AlertStory): string {
  const measured = alert.kind === 'metric';
  const { last, escalation } = alert;
  const unit = unitOf(alert);
  return formatFacts([
    ['Alert', alert.alert_id],
    ['What', `${alert.title} (${alert.severity})`],
    ['Where', measured ? formatSliceWords(alert.slice) : ''],
    ['State', `${alert.state}${alert.acknowledged_by === '' ? '' : `, by ${alert.acknowledged_by}`}`],
    ['Since', `${formatTime(alert.started_at)} UTC`],
    ['Resolved', alert.resolved_at === null ? '' : `${formatTime(alert.resolved_at)} UTC`],
    [
      'Last value',
      measured
        ? `${formatValue(last.value, unit)}, expected ${formatValue(last.expected, unit)}, usually ${formatBand(last.lower, last.upper, unit)}`
        : '',
    ],
    [
      'Not evaluable',
      unjudged === null
        ? ''
        : `${unjudged.reason.replaceAll('_', ' ')}, in the bucket of ${formatTime(unjudged.bucket_start)} UTC: it neither ends nor grows until one can be judged`,
    ],
    ['Impact', impact],
    ['Carried by', alert.carriers.map(({ slice }) => formatSliceWords(slice)).join('; ')],
    ['Owner', alert.owner],
    ['Silenced', silenceText(alert)],
    ['Feedback', feedbackText(alert)],
    ['Told', escalation.told.join(', ')],
    ['Next step', escalation.next_at === null ? '' : `${formatTime(escalation.next_at)} UTC`],
    ['Runbook', alert.runbook],
  ]);
}

function silenceText({ silence }: AlertWire): string {
  if (silence === null) return '';
  const until = silence.until === null ? 'until it is resolved' : `until ${formatTime(silence.until)} UTC`;
  return `${until}, by ${silence.author}${silence.reason === '' ? '' : `: ${silence.reason}`}`;
}

function feedbackText({ feedback }: AlertWire): string {
  if (feedback === null) return '';
  const note = feedback.note === '' ? '' : `: ${feedback.note}`;
  return `${feedback.verdict.replaceAll('_', ' ')}, by ${feedback.by}${note}`;
}

/** A value over cases is a rate; the currency of amounts is the service's to know, so they are shown as numbers. */
function unitOf({ last }: AlertWire) {
  return { unit: last.denominator === null ? 'count' : 'rate', currency: '' } as const;
}

function valueText(alert: AlertWire, value: number): string {
  return formatValue(value, unitOf(alert));
}

function impactText({ impact_count }: AlertWire): string {
  const count = formatValue(Math.round(impact_count), { unit: 'count', currency: '' });
  return impact_count > 0 ? `+${count}` : count;
}
