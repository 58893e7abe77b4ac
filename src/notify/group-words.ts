import type { Alert } from '../model/alert.js';
import type { MetricDisplay, NotifiedGroup } from './contract.js';
import { formatSliceWords, formatValue } from './wording.js';

/** An incident group in plain words, in the place of what is said of one alert. */
export interface GroupWords {
  headline: string;
  /** Its alerts, one line each, those that are open first. */
  members: readonly string[];
  /** How many are open and how many are over, as a sentence. */
  standing: string;
}

const MOST_MEMBERS = 10;
const SEVERITY_WORDS = { info: 'Notice', warning: 'Warning', critical: 'Critical' } as const;
const RANK = { info: 0, warning: 1, critical: 2 } as const;

/** `lead` is the alert that speaks for the group, whose metric `display` is of. */
export function groupWords(
  { labels, cause, members }: NotifiedGroup,
  lead: Alert,
  display: MetricDisplay,
): GroupWords {
  const open = members.filter(isOpen);
  const titles = new Set(members.map(({ title }) => title));
  const where = cause === '' ? commonWhere(labels) : `, same cause: ${formatSliceWords(cause)}`;
  const what =
    titles.size === 1
      ? `${lead.title}, ${lead.direction === 'up' ? 'high' : 'low'} in ${members.length} places${where}`
      : `${members.length} alerts${where}`;
  const lines = members.slice(0, MOST_MEMBERS).map((member) => memberLine(member, lead, display));
  const more = members.length - lines.length;
  return {
    headline: `${standingWord(open, lead)}: ${what}`,
    members: more > 0 ? [...lines, `and ${more} more`] : lines,
    standing: standing(open.length, members.length - open.length),
  };
}

function isOpen({ state }: Alert): boolean {
  return state === 'firing' || state === 'acknowledged';
}

function standingWord(open: readonly Alert[], lead: Alert): string {
  if (open.length === 0) return 'Resolved';
  if (lead.state === 'acknowledged') return 'Acknowledged';
  const gravest = open.reduce(
    (worst, { severity }) => (RANK[severity] > RANK[worst.severity] ? { severity } : worst),
    {
      severity: lead.severity,
    },
  );
  return SEVERITY_WORDS[gravest.severity];
}

function standing(open: number, over: number): string {
  const is = (count: number) => (count === 1 ? 'is' : 'are');
  const first = `${open} of its alerts ${is(open)} open`;
  return over === 0 ? `${first}.` : `${first}, ${over} ${is(over)} over.`;
}

/** The dimensions that all its alerts share; the metric is in the title, and the severity at the front. */
function commonWhere(labels: NotifiedGroup['labels']): string {
  const shared = Object.entries(labels).filter(
    ([name]) => !['metric', 'severity', 'owner', 'direction'].includes(name),
  );
  return shared.length === 0
    ? ''
    : `, all in ${shared.map(([name, value]) => `${name} ${value}`).join(', ')}`;
}

function memberLine(member: Alert, lead: Alert, display: MetricDisplay): string {
  const name = member.metric === lead.metric ? '' : `${member.title}, `;
  const where = member.kind === 'metric' ? `${name}${formatSliceWords(member.slice)}` : member.title;
  if (!isOpen(member)) return `${where}: over`;
  // The unit of another metric is not known here.
  if (member.kind !== 'metric' || member.metric !== lead.metric) return where;
  const value = `${formatValue(member.last.value, display)}, expected ${formatValue(member.last.expected, display)}`;
  return `${where}: ${value}${excessWords(member, display)}`;
}

/** What it has cost so far, in cases; a mean or a quantile counts none, and amounts are told in money elsewhere. */
function excessWords({ impactCount, direction }: Alert, { counted, unit }: MetricDisplay): string {
  if (counted === '' || unit === 'amount') return '';
  const count = formatValue(Math.round(Math.abs(impactCount)), { unit: 'count', currency: '' });
  return `, ${count} ${direction === 'down' ? 'fewer' : 'more'}`;
}
