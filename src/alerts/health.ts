import type { Alert, AlertPoint, Target } from '../model/alert.js';
import { DAY, HOUR, type Instant } from '../model/clock.js';
import type { Severity } from '../model/metric.js';
import type { Silence } from '../model/silence.js';
import { formatSlice, parseSlice } from '../model/slice.js';
import type { Routing } from './escalation.js';
import { failureWords } from './failure-words.js';
import type { RunRule, Subject } from './input.js';

/** The metric under which alerts about the data itself are kept and routed. */
const DATA_HEALTH = 'data_health';

/** Redress is blind without data and mute without messages; either is as grave as what it would have missed. */
export const HEALTH_SEVERITY: Severity = 'critical';

/** One look is enough, since silence and failure have been waited for already; a flapping source is one episode. */
export const HEALTH_RULE: RunRule = { for: 1, recover: 1, mergeGap: HOUR };

type RoutingFor = (alert: { metric: string; slice: string; severity: Severity }) => Routing;

/** The alert about a source that has gone quiet. */
export function quietSource(source: string, lastArrivalAt: Instant | null, routingFor: RoutingFor): Subject {
  const since =
    lastArrivalAt === null ? 'yet' : `since ${new Date(lastArrivalAt).toISOString().slice(0, 16)}Z`;
  return subject(formatSlice({ source }), `No events from ${source} ${since}`, routingFor);
}

/** The alert about a target that messages do not reach. */
export function failingTarget(target: Target, failure: string, routingFor: RoutingFor): Subject {
  return subject(
    formatSlice({ target }),
    `Messages to ${target} do not arrive: ${failureWords(failure)}`,
    routingFor,
  );
}

/** How a detector fares on a metric's series in one bucket. */
export interface DetectorHealth {
  metric: string;
  detector: string;
  /** Series that it was asked about, those of them of which it gave no judgement, and of which no other did either. */
  asked: number;
  failed: number;
  unwatched: number;
}

/** It is looked at with every bucket; so often is written down that it goes on, and after so long without it is over. */
export const FAILURE_NOTED_EVERY = HOUR;
export const FAILURE_OVER_AFTER = DAY;

/** A metric that nobody watches any more is as grave as one without data. */
export const severityOfFailure = ({ asked, unwatched }: DetectorHealth): Severity =>
  unwatched === asked ? HEALTH_SEVERITY : 'warning';

/** The alert about a detector that throws, or answers what is no judgement: its series are watched by the others alone. */
export function failingDetector(
  { metric, detector, asked, failed }: DetectorHealth,
  routingFor: RoutingFor,
): Subject {
  return subject(
    formatSlice({ detector, judges: metric }),
    `The detector ${detector} fails on ${failed} of ${asked} series of ${metric}; the log says how`,
    routingFor,
  );
}

/** The alert about a silence that mutes nothing: it was made for something else, or has been forgotten. */
export function idleSilence({ silenceId, author, reason }: Silence, routingFor: RoutingFor): Subject {
  const why = reason === '' ? '' : ` (${reason})`;
  return subject(
    formatSlice({ silence: silenceId }),
    `${author}'s silence${why} has muted nothing so far`,
    routingFor,
  );
}

/** The alert about messages that do not add up. */
export function wrongDeliveries(count: number, example: string, routingFor: RoutingFor): Subject {
  const what = count === 1 ? 'message does' : 'messages do';
  return subject(
    formatSlice({ audit: 'deliveries' }),
    `${count} ${what} not add up with what should have been told, such as ${example}`,
    routingFor,
  );
}

/** The silence that a data-health alert is about, empty for any other alert. */
export function silenceOf(alert: Alert): string {
  return alert.kind === 'data_health' ? (parseSlice(alert.slice).silence ?? '') : '';
}

/** The target that a data-health alert is about, null for any other alert. */
export function targetOf(alert: Alert): Target | null {
  return alert.kind === 'data_health' ? (parseSlice(alert.slice).target ?? null) : null;
}

/** True for alerts that say that messages do not arrive. */
export function isAboutTarget(alert: Alert): boolean {
  return targetOf(alert) !== null;
}

/** Data has no value and no band; the moment is all that such a point tells. */
export function healthPoint(now: Instant): AlertPoint {
  return {
    bucketStart: now,
    value: 0,
    numerator: 0,
    denominator: null,
    expected: 0,
    lower: 0,
    upper: 0,
    score: 1,
  };
}

function subject(slice: string, title: string, routingFor: RoutingFor): Subject {
  return {
    kind: 'data_health',
    metric: DATA_HEALTH,
    slice,
    direction: 'down',
    title,
    owner: '',
    runbook: '',
    bucketSeconds: 0,
    routingFor: (severity) => routingFor({ metric: DATA_HEALTH, slice, severity }),
  };
}
