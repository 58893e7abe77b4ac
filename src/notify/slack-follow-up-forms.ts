import type { FollowUp } from '../model/follow-up.js';
import type { Owner } from '../model/owner.js';
import { type FollowUpTurn, turnForm } from './slack-actions.js';
import { PRIORITIES } from './slack-follow-up-form.js';
import type { Form, FormField } from './slack-form.js';
import { inZone } from './wording.js';

const LONGEST = 3_000;
const WHY: FormField = { kind: 'text', id: 'reason', label: 'Why', longest: LONGEST, lines: 'many' };

/** The form for one turn of a follow-up, filled in with how it stands. */
export function followUpTurnForm(turn: FollowUpTurn, followUp: FollowUp, owners: readonly Owner[]): Form {
  const { title, submit, fields } = partsOf(turn, followUp, owners);
  const { followUpId, version } = followUp;
  return {
    id: turnForm(turn),
    ...{ title, submit, fields },
    subject: { followUpId, version },
    intro: followUp.title,
  };
}

function partsOf(
  turn: FollowUpTurn,
  { dueAt, owner, priority, work }: FollowUp,
  owners: readonly Owner[],
): Pick<Form, 'title' | 'submit' | 'fields'> {
  const zone = owners.find(({ id }) => id === owner)?.timezone ?? 'UTC';
  switch (turn) {
    case 'ship_fix':
      return {
        title: 'Fix shipped',
        submit: 'Watch the metric',
        fields: [
          {
            kind: 'date',
            id: 'day',
            label: 'When the fix went out',
            optional: true,
            hint: `Left empty, it is now. Of an earlier day, only what came after it counts (${zone}).`,
          },
        ],
      };
    case 'note':
      return {
        title: 'Write a note',
        submit: 'Write',
        fields: [{ kind: 'text', id: 'text', label: 'Note', longest: LONGEST, lines: 'many' }],
      };
    case 'assign':
      return {
        title: 'Hand it over',
        submit: 'Hand over',
        fields: [
          {
            kind: 'choice',
            id: 'owner',
            label: 'To',
            initial: owner,
            options: owners.map(({ id, name }) => ({ value: id, text: name })),
          },
          { ...WHY, optional: true },
        ],
      };
    case 'set_due':
      return {
        title: 'Set the due date',
        submit: 'Set',
        fields: [
          {
            kind: 'date',
            id: 'day',
            label: 'Due at the end of',
            initial: inZone(dueAt, zone).toISODate() ?? '',
          },
          WHY,
        ],
      };
    case 'set_priority':
      return {
        title: 'Set the priority',
        submit: 'Set',
        fields: [
          { kind: 'choice', id: 'priority', label: 'Priority', initial: priority, options: PRIORITIES },
          WHY,
        ],
      };
    case 'set_action':
      return {
        title: 'What will be done',
        submit: 'Write',
        fields: [
          {
            kind: 'text',
            id: 'action',
            label: 'Corrective action',
            initial: work.action,
            longest: LONGEST,
            lines: 'many',
          },
        ],
      };
    case 'wont_do':
      return { title: "Won't do", submit: 'Close it', fields: [WHY] };
  }
}
