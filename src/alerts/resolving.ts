import type { Instant } from '../model/clock.js';
import { changed } from './outcome.js';
import type { AlertRecord } from './record.js';

/**
 * The end of an episode. The runs start anew, so that only what comes after the end can reopen the alert; and it no
 * longer leads a group that outlives it.
 */
export function resolved(
  before: AlertRecord,
  reason: 'resolved' | 'subsided' | 'new_normal',
  outlived: boolean,
  now: Instant,
  noted: Partial<AlertRecord> = {},
) {
  return changed(before, reason, {
    noticeAt: null,
    resolvedBy: '',
    ...noted,
    anomalousRun: 0,
    run: '',
    state: 'resolved',
    resolvedAt: now,
    heldBy: '',
    silence: null,
    leadsGroup: before.leadsGroup && !outlived,
    escalation: { ...before.escalation, nextAt: null, ackEndsAt: null },
  });
}
