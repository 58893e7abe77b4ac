import type { FollowUpWire } from '../http/follow-up-wire.js';
import { formatSliceWords, oneLine } from '../notify/wording.js';
import { type Column, formatFacts, formatTable, formatTime } from './table.js';

const COLUMNS: readonly Column[] = [
  { heading: 'FOLLOW-UP' },
  { heading: 'STATE' },
  { heading: 'PRIORITY' },
  { heading: 'DUE (UTC)' },
  { heading: 'WHAT' },
  { heading: 'WHERE' },
  { heading: 'OWNER' },
];

/** Follow-ups, a line each. */
export function followUpTable(followUps: readonly FollowUpWire[]): string {
  return formatTable(
    COLUMNS,
    followUps.map((followUp) => [
      followUp.follow_up_id,
      stateText(followUp),
      followUp.priority,
      formatTime(followUp.due_at),
      followUp.title,
      formatSliceWords(followUp.slice),
      followUp.owner === '' ? '-' : followUp.owner,
    ]),
  );
}

/** Everything that is known of one. */
export function followUpFacts(followUp: FollowUpWire): string {
  const { effect } = followUp;
  return formatFacts([
    ['Follow-up', followUp.follow_up_id],
    ['Alert', followUp.alert_id],
    ['What', `${followUp.title} (${followUp.priority})`],
    ['Metric', `${followUp.metric}, ${formatSliceWords(followUp.slice)}`],
    ['State', stateText(followUp)],
    ['Owner', followUp.lead === '' ? followUp.owner : `${followUp.owner} (lead ${followUp.lead})`],
    ['Due', `${formatTime(followUp.due_at)} UTC`],
    ['Opened', `${formatTime(followUp.opened_at)} UTC`],
    ['Fix shipped', followUp.fix_shipped_at === null ? '' : `${formatTime(followUp.fix_shipped_at)} UTC`],
    ['Closed', followUp.closed_at === null ? '' : `${formatTime(followUp.closed_at)} UTC`],
    ['Reopened', followUp.times_reopened === 0 ? '' : `${followUp.times_reopened} times`],
    ['Found', foundText(followUp)],
    ['Cases', followUp.found?.samples.join(', ') ?? ''],
    ['Action', followUp.action],
    ['Effect', effect === null ? '' : effectText(effect)],
    ['Net', netText(followUp)],
    ['Saves', savedText(followUp)],
    ...followUp.links.map(({ url, title }) => ['Link', title === url ? url : `${title}: ${url}`] as const),
    ...followUp.notes.map(
      ({ at, actor, about, text }) =>
        [about === 'note' ? 'Note' : `Why ${about}`, `${formatTime(at)} ${actor}: ${text}`] as const,
    ),
    ['Note', followUp.note],
    ['Previous', followUp.previous],
  ]);
}

function foundText({ found }: FollowUpWire): string {
  if (found === null) return '';
  const slices = found.slices
    .slice(0, 3)
    .map(({ slice, share }) => `${formatSliceWords(slice)} ${Math.round(share * 100)} %`);
  return `${number(found.actual)} where ${number(found.expected)} was expected${slices.length === 0 ? '' : `; ${slices.join(', ')}`}`;
}

type EffectWire = NonNullable<FollowUpWire['effect']>;

function effectText({ before, during, after, points, evidence }: EffectWire): string {
  const levels = `${number(before)} before, ${number(during)} during, ${number(after)} after (${points} points)`;
  return evidence === null ? levels : `${levels}; ${changeWords(evidence.difference)}`;
}

function netText({ effect }: FollowUpWire): string {
  const net = effect?.evidence?.net ?? null;
  return net === null ? '' : `${changeWords(net)}, beyond ${net.sisters} slices without the fix`;
}

function savedText({ effect }: FollowUpWire): string {
  if (effect === null) return '';
  const cases = `${number(effect.saved_per_week)} a week`;
  if (effect.evidence === null) return cases;
  const { saved_per_week: range, money_per_week: money } = effect.evidence;
  return `${cases} (90 %: ${number(range.lower)} to ${number(range.upper)}), money ${number(money.estimate)} (${number(money.lower)} to ${number(money.upper)})`;
}

function changeWords({ estimate, lower, upper }: { estimate: number; lower: number; upper: number }): string {
  return `changed by ${number(estimate)} (90 %: ${number(lower)} to ${number(upper)})`;
}

/** What people did to it and what became of it, without its single points. */
export function historyLines(history: readonly { at: string; actor: string; reason: string }[]): string[] {
  const told = history.filter(({ reason }) => !UNTOLD.has(reason));
  if (told.length === 0) return [];
  return [
    '',
    ...told.map(({ at, actor, reason }) =>
      oneLine(`${formatTime(at)}  ${reason.replaceAll('_', ' ')}, ${actor}`),
    ),
  ];
}

/** Single points are for `--json`: hundreds of lines would hide what people did. */
const UNTOLD = new Set(['point_in_band', 'point_out_of_band', 'point_skipped', 'still_anomalous']);

/** What has become of it, in a line. */
export function changeText(followUp: FollowUpWire): string {
  const owner = followUp.owner === '' ? 'nobody owns it' : `owner ${followUp.owner}`;
  return `${followUp.follow_up_id} is ${stateText(followUp)}, ${owner}, due ${formatTime(followUp.due_at)} UTC.`;
}

function stateText({ state, watch }: FollowUpWire): string {
  const words = state === 'wont_do' ? "won't do" : state.replaceAll('_', ' ');
  return watch === null ? words : `${words} (${watch.points_in_band} of ${watch.points_needed} points)`;
}

/** Three digits that say something, because the unit is not known here. */
function number(value: number): string {
  return new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 3 }).format(value);
}
