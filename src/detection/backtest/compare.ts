import type { Instant } from '../../model/clock.js';
import type { Episode } from './labels.js';

/** What a change does to the alerts of the same history. */
export interface Difference {
  /** With the change only. */
  added: readonly Episode[];
  /** Without the change only. */
  removed: readonly Episode[];
  /** Both ways, with how much sooner it fires with the change, ms; negative when it is later. */
  kept: readonly { before: Episode; after: Episode; sooner: number }[];
}

/**
 * Holds the alerts of two runs against each other. Two are the same when they are on the same series and direction and
 * their times overlap; where several do, each is paired once, in the order of time.
 *
 * @param end when the runs ended: alerts that are still open last until then.
 */
export function difference(before: readonly Episode[], after: readonly Episode[], end: Instant): Difference {
  const open = new Map<string, Episode[]>();
  for (const episode of inOrder(before)) {
    const { fingerprint } = episode.alert;
    open.set(fingerprint, [...(open.get(fingerprint) ?? []), episode]);
  }
  const added: Episode[] = [];
  const kept: Difference['kept'][number][] = [];
  for (const episode of inOrder(after)) {
    const candidates = open.get(episode.alert.fingerprint) ?? [];
    const index = candidates.findIndex((candidate) => overlap(candidate, episode, end));
    const [match] = index < 0 ? [] : candidates.splice(index, 1);
    if (match === undefined) added.push(episode);
    else kept.push({ before: match, after: episode, sooner: firedAt(match) - firedAt(episode) });
  }
  return { added, removed: inOrder([...open.values()].flat()), kept };
}

function overlap(a: Episode, b: Episode, end: Instant): boolean {
  const endOf = ({ alert }: Episode) => alert.resolvedAt ?? end;
  return a.alert.startedAt <= endOf(b) && b.alert.startedAt <= endOf(a);
}

const firedAt = ({ alert }: Episode): Instant => alert.openedAt ?? alert.startedAt;

function inOrder(episodes: readonly Episode[]): Episode[] {
  return [...episodes].sort(
    (a, b) => firedAt(a) - firedAt(b) || (a.alert.alertId < b.alert.alertId ? -1 : 1),
  );
}
