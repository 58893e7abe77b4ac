import type { Instant } from '../model/clock.js';
import type { FollowUpNote } from '../model/follow-up.js';
import type { FollowUpRecord } from './record.js';

/** Who changes something, and why, if that was said. */
export interface Reasoned {
  actor?: string;
  reason?: string | undefined;
}

type Work = Pick<FollowUpRecord, 'work'>;

/** What people have written of the work, with one more note. */
export function written(
  { work }: Work,
  about: FollowUpNote['about'],
  actor: string,
  text: string,
  now: Instant,
): Work {
  return { work: { ...work, notes: [...work.notes, { at: now, actor, about, text }] } };
}

/** The same with the reason of a change, if one was given. */
export function reasoned(
  before: Work,
  about: FollowUpNote['about'],
  { actor = '', reason = '' }: Reasoned,
  now: Instant,
): Partial<Work> {
  return reason.trim() === '' ? {} : written(before, about, actor, reason, now);
}

/** The work with a link. Null when a tracker reports the same link again, because it did not hear the answer. */
export function linked(
  { work }: Work,
  { url, title, actor }: { url: string; title: string; actor: string },
  now: Instant,
): Work | null {
  const known = work.links.find((link) => link.url === url);
  if (known !== undefined && known.title === title) return null;
  const link = { url, title, addedAt: known?.addedAt ?? now, addedBy: known?.addedBy ?? actor };
  return { work: { ...work, links: [...work.links.filter((other) => other.url !== url), link] } };
}
