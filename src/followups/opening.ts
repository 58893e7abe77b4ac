import type { Alert } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import type { Finding, Priority } from '../model/follow-up.js';
import { ALL } from '../model/slice.js';
import type { OpenByHand, OpenFollowUp } from './command.js';
import { levelOver } from './measure/baseline.js';
import { baselineOf, cellsOf } from './measure/evidence.js';
import { bandAt } from './measure/in-band.js';
import { SHOWN_CONFIDENCE } from './measure/interval.js';
import { phaseReader } from './measure/rhythm.js';
import type { FollowUpRecord } from './record.js';

type Incident = Pick<
  FollowUpRecord,
  'baseline' | 'bandDenominator' | 'during' | 'incident' | 'duringFrom' | 'firedAt'
>;

/** A follow-up as it begins. */
export function newFollowUp({
  command,
  subject,
  incident,
  found,
  alertIds,
  earlier,
  dueAt,
  now,
}: {
  command: { title: string; owner: string; priority: Priority; note?: string | undefined };
  subject: Pick<Alert, 'alertId' | 'fingerprint' | 'metric' | 'slice' | 'direction'>;
  incident: Incident;
  found: Finding | undefined;
  alertIds: readonly string[];
  /** The series' follow-ups so far, oldest first. */
  earlier: readonly FollowUpRecord[];
  dueAt: Instant;
  now: Instant;
}): FollowUpRecord {
  const { alertId, fingerprint, metric, slice, direction } = subject;
  return {
    followUpId: `${fingerprint}-f${earlier.length + 1}`,
    alertId,
    fingerprint,
    metric,
    slice,
    direction,
    title: command.title,
    owner: command.owner,
    state: 'open',
    priority: command.priority,
    dueAt,
    openedAt: now,
    closedAt: null,
    fixShippedAt: null,
    timesReopened: 0,
    ...incident,
    watch: null,
    effect: null,
    note: command.note ?? '',
    previous: earlier.at(-1)?.followUpId ?? '',
    remindedAt: null,
    version: 1,
    stateVersion: 1,
    alertIds,
    marks: [],
    found,
    work: { action: '', notes: [], links: [] },
    remindFrom: now,
    climbed: null,
    incidentFrom: incident.duringFrom,
    watchedPoints: 0,
    outOfBandRun: 0,
    nextLook: 0,
    skipped: [],
  };
}

/** The alert's title, with where it is unless that is everywhere. */
export function titleOf({ title, slice }: Alert): string {
  return slice === ALL ? title : `${title}: ${slice}`;
}

/** What the alert says was found. */
export function findingOf(
  { worst, impactCount, carriers }: Alert,
  samples: readonly string[] | undefined,
): Finding {
  return {
    expected: worst.expected,
    actual: worst.value,
    excess: impactCount,
    slices: carriers.map(({ slice, excess, share }) => ({ slice, excess, share })),
    ...(samples === undefined ? {} : { samples }),
  };
}

/** What the points since a person's date say was found. */
export function findingByHand({ baseline, during, incident }: Incident, samples: readonly string[]): Finding {
  const { points, numerator, denominator } = incident;
  const expected = baseline.expected * (denominator > 0 ? denominator : points);
  return { expected: baseline.expected, actual: during, excess: numerator - expected, slices: [], samples };
}

/** What an alert's incident was on a slice within it; null when the slice has too little history. */
export function incidentOn(
  { evidence }: NonNullable<OpenFollowUp['on']>,
  { startedAt, openedAt }: Pick<Alert, 'startedAt' | 'openedAt'>,
  now: Instant,
): Incident | null {
  const incident = incidentByHand({ evidence, since: startedAt }, now);
  // The points with which the alert fired were chosen for being extreme, here as there.
  return incident === null ? null : { ...incident, firedAt: openedAt ?? startedAt };
}

/** What there was before and since a person's date; null when there is too little to hold a fix against. */
export function incidentByHand(
  { evidence, since }: Pick<OpenByHand, 'evidence' | 'since'>,
  now: Instant,
): Incident | null {
  const baseline = baselineOf(evidence, since);
  const points = evidence.own.filter(({ bucketStart }) => bucketStart >= since);
  const last = points.at(-1);
  if (baseline === null || last === undefined) return null;
  const during = levelOver(baseline, cellsOf(points, evidence), SHOWN_CONFIDENCE);
  if (during === null) return null;
  const phase = phaseReader(evidence.timezone, last.bucketSeconds)(last.bucketStart);
  return {
    baseline: bandAt(baseline, last, phase),
    bandDenominator: last.denominator,
    during: during.estimate,
    incident: {
      points: points.length,
      numerator: points.reduce((sum, { numerator }) => sum + numerator, 0),
      denominator: points.reduce((sum, { denominator }) => sum + (denominator ?? 0), 0),
      lastBucket: last.bucketStart,
    },
    duringFrom: since,
    // A person's date was not chosen by a threshold, so nothing of what follows it has to be left out.
    firedAt: Math.min(since, now),
  };
}
