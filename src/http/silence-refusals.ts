import type { SilenceRefusal } from '../alerts/silence-command.js';

/** Why a silence was not made or changed, for people. */
export const SILENCE_REFUSALS: Readonly<Record<SilenceRefusal, string>> = {
  matches_everything: 'a silence without a condition would mute everything; say what it is for',
  not_in_the_future: 'its end is not in the future, or not after its start',
  no_end: 'a silence needs an end, or to last until what it mutes is resolved',
  already_ended: 'the silence has ended already',
  of_the_calendar: 'the calendar made it; edit calendar.yaml',
  edited_meanwhile: 'the silence has changed since the version that you saw',
};
