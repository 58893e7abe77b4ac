import type { Alert } from '../model/alert.js';
import type { Owner } from '../model/owner.js';
import { FOLLOW_UP_FORM } from './slack-actions.js';
import type { Form } from './slack-form.js';
import { formatSliceWords } from './wording.js';

export const PRIORITIES = [
  { value: 'urgent', text: 'Urgent' },
  { value: 'high', text: 'High' },
  { value: 'normal', text: 'Normal' },
  { value: 'low', text: 'Low' },
] as const;

/** The form that opens a follow-up of an alert, filled in as far as the alert tells. */
export function followUpForm({
  alert,
  cause,
  owners,
  mine,
}: {
  alert: Alert;
  /** The slice that most of it comes from, whose points can prove a fix as well; null for none. */
  cause: string | null;
  owners: readonly Owner[];
  /** The id of the owner that the person is, who is proposed where the alert has none; empty for no owner. */
  mine: string;
}): Form {
  const where = formatSliceWords(alert.slice);
  const found = cause === null ? where : formatSliceWords(cause);
  return {
    id: FOLLOW_UP_FORM,
    title: 'Open a follow-up',
    submit: 'Open',
    subject: { alertId: alert.alertId },
    intro: `It stays open until the metric itself shows that the improvement worked. It is about: ${alert.title}, ${where}.`,
    fields: [
      {
        kind: 'text',
        id: 'title',
        label: 'What is to be improved',
        initial: `${alert.title}, ${found}`,
        longest: 200,
      },
      ...(cause === null ? [] : [aboutField(found, where)]),
      {
        kind: 'choice',
        id: 'owner',
        label: 'Owner',
        optional: true,
        hint: 'Left empty, it is whoever owns the slice, or you.',
        initial: alert.owner || mine,
        options: owners.map(({ id, name }) => ({ value: id, text: name })),
      },
      {
        kind: 'choice',
        id: 'priority',
        label: 'Priority',
        initial: alert.severity === 'critical' ? 'high' : 'normal',
        options: PRIORITIES,
      },
      {
        kind: 'date',
        id: 'due',
        label: 'Due',
        optional: true,
        hint: 'Left empty, the priority sets it, in work days of the owner.',
      },
      { kind: 'text', id: 'note', label: 'Note', optional: true, longest: 2_000, lines: 'many' },
    ],
  };
}

/** Which of the two the metric proves the fix on. */
function aboutField(cause: string, where: string): Form['fields'][number] {
  return {
    kind: 'choice',
    id: 'about',
    label: 'Proven where',
    hint: 'Most of it comes from the first; the fix is held against what the metric does there.',
    initial: 'cause',
    options: [
      { value: 'cause', text: `Where it comes from: ${cause}` },
      { value: 'alert', text: `Where the alert is: ${where}` },
    ],
  };
}
