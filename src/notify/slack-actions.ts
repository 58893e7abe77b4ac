/** The `action_id`s of our buttons and menus: what a click comes back with. */
export const SLACK_ACTION = {
  acknowledge: 'redress_acknowledge',
  resolve: 'redress_resolve',
  snooze: 'redress_snooze',
  feedback: 'redress_feedback',
  followUp: 'redress_follow_up',
} as const;

/** The `action_id`s under a follow-up: its next steps, and the menu of what else can be said of it. */
export const FOLLOW_UP_ACTION = {
  acknowledge: 'redress_follow_up_acknowledge',
  start: 'redress_follow_up_start',
  reopen: 'redress_follow_up_reopen',
  shipFix: 'redress_follow_up_ship_fix',
  more: 'redress_follow_up_more',
} as const;

/** What a person fills in a form for, by the value of the menu. */
export const FOLLOW_UP_TURNS = [
  { value: 'note', text: 'Write a note…' },
  { value: 'assign', text: 'Hand it over…' },
  { value: 'set_due', text: 'Set the due date…' },
  { value: 'set_priority', text: 'Set the priority…' },
  { value: 'set_action', text: 'Say what will be done…' },
  { value: 'wont_do', text: "Won't do…" },
] as const;

export type FollowUpTurn = 'ship_fix' | (typeof FOLLOW_UP_TURNS)[number]['value'];

/** The kind of form for a turn. */
export function turnForm(turn: FollowUpTurn): string {
  return `redress_follow_up_form_${turn}`;
}

/** For how long an alert can be snoozed by its menu. */
export const SNOOZES = [
  { value: '1h', text: 'for 1 hour' },
  { value: '4h', text: 'for 4 hours' },
  { value: 'morning', text: 'until 9:00 in the morning' },
  { value: 'resolved', text: 'until it is resolved' },
] as const;

/** What people can say of an alert by its menu. */
export const FEEDBACK = [
  { value: 'true', text: 'True: something was wrong' },
  { value: 'false_alarm', text: 'False alarm' },
  { value: 'expected', text: 'Expected, as it was planned' },
  { value: 'new_normal', text: 'New normal: it stays so' },
] as const;

/** The kind of form that opens a follow-up, and what it asks for. */
export const FOLLOW_UP_FORM = 'redress_open_follow_up';
