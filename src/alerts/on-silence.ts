import type { Instant } from '../model/clock.js';
import type { AlertSilence } from '../model/silence.js';
import { resumeEscalation } from './escalation.js';
import { announced, type GroupPlace } from './groups.js';
import { decided, notOpen, refused, type Transition, UNCHANGED } from './outcome.js';
import { type AlertRecord, isMuted, isQuiet } from './record.js';

/** The steps stand still; the end of an acknowledgement still comes. */
export function onSilenced(before: AlertRecord | null, silence: AlertSilence, snooze: boolean): Transition {
  const impossible = notOpen(before);
  if (before === null || impossible !== null) return refused(impossible ?? 'not_firing');
  const { escalation } = before;
  return decided(before, snooze ? 'snoozed' : 'silenced', {
    silence,
    escalation: before.state === 'acknowledged' ? escalation : { ...escalation, nextAt: null },
  });
}

/** Whoever was told before hears that it is still there; the steps go on where they stood. */
export function onSilenceEnded(before: AlertRecord, place: GroupPlace | null, now: Instant): Transition {
  if (!isMuted(before)) return UNCHANGED;
  const after = { ...before, silence: null };
  return decided(before, 'silence_ended', { silence: null, ...goingOn(after, place, now) });
}

function goingOn(after: AlertRecord, place: GroupPlace | null, now: Instant): Partial<AlertRecord> {
  if (after.state !== 'firing' || isQuiet(after)) return {};
  const { escalation } = after;
  if (escalation.told.length > 0) return { escalation: resumeEscalation(escalation, now) };
  return announced(after, escalation, place, now);
}
