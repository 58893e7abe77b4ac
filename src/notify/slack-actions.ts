/** The `action_id`s of our buttons and menus: what a click comes back with. */
export const SLACK_ACTION = {
  acknowledge: 'redress_acknowledge',
  resolve: 'redress_resolve',
  snooze: 'redress_snooze',
  feedback: 'redress_feedback',
  followUp: 'redress_follow_up',
} as const;

/** For how long an alert can be snoozed by its menu. */
export const SNOOZES = [
  { value: '1h', text: 'for 1 hour' },
  { value: '4h', text: 'for 4 hours' },
  { value: 'morning', text: 'until tomorrow 9:00' },
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
