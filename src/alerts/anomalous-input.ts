import type { Instant } from '../model/clock.js';
import type { Episodes } from './episodes.js';
import { isGraver } from './impact.js';
import type { AlertInput, Subject } from './input.js';
import { episodeOf } from './on-point.js';
import { type AlertRecord, isOpen } from './record.js';

type Anomalous = Extract<AlertInput, { kind: 'anomalous' }>;

/** An anomalous point as the machine takes it, with what holds the alert back, mutes it or speaks for it now. */
export function anomalousInput(
  episodes: Episodes,
  before: AlertRecord | null,
  subject: Subject,
  seen: Pick<Anomalous, 'severity' | 'point' | 'amount' | 'carriers'>,
  rule: Anomalous['rule'],
  now: Instant,
): Anomalous {
  const episode = episodeOf(before, rule, now);
  const graver = episode !== null && isGraver(episode.severity, seen.severity);
  const severity = graver ? episode.severity : seen.severity;
  const known = episode !== null && isOpen(episode) && episode.heldBy === '';
  const labelled = {
    ...subject,
    severity,
    groupId: episode?.groupId ?? '',
    sameCause: episode?.sameCause ?? null,
  };
  const routing = episode?.state === 'resolved' ? episode.escalation : subject.routingFor(severity);
  return {
    kind: 'anomalous',
    subject,
    rule: { ...rule, flapping: episodes.settings.flapping },
    ...seen,
    inhibitor: episodes.book.inhibition.inhibitorOf(labelled),
    silence: known ? null : episodes.silenceOn(labelled),
    place: known ? null : episodes.placeOf(labelled, routing, now),
  };
}
