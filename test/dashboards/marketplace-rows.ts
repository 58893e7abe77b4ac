/** A day of a marketplace in every table that the dashboard reads. */
import { DAY, HOUR, type Instant } from '../../src/model/clock.js';
import type { RejectedEvent } from '../../src/model/event.js';
import type { JournalEntry, JournalStream } from '../../src/model/journal.js';
import type { Json } from '../../src/model/json.js';
import type { Point } from '../../src/model/point.js';
import type { Verdict } from '../../src/model/verdict.js';
import { AnnotationTable } from '../../src/store/annotation-table.js';
import { EventLog } from '../../src/store/event-log.js';
import { Journal } from '../../src/store/journal.js';
import { PointTable } from '../../src/store/point-table.js';
import type { Store } from '../../src/store/store.js';
import { VerdictTable } from '../../src/store/verdict-table.js';
import { arrived } from '../support/event.js';

export const FROM: Instant = Date.UTC(2026, 0, 10);
export const TO: Instant = FROM + DAY;

/** Hours of the day that a series has points for. */
export const POINTS_A_SERIES = 6;

export interface Series {
  metric: string;
  slice: string;
  /** Tells one series' values from another's. */
  value: number;
  denominator: number | null;
  /** Of the last point. Default: 2. */
  score?: number;
}

/** Writes each series' points with combined and single verdicts; the last point is anomalous. */
export async function writeSeries(store: Store, series: readonly Series[]): Promise<void> {
  const points: Point[] = [];
  const verdicts: Verdict[] = [];
  for (const { metric, slice, value, denominator, score = 2 } of series)
    for (let hour = 0; hour < POINTS_A_SERIES; hour++) {
      const bucketStart = FROM + hour * HOUR;
      const numerator = denominator === null ? value : value * denominator;
      points.push({
        metric,
        slice,
        bucketStart,
        bucketSeconds: 3_600,
        value,
        numerator,
        denominator,
        amount: 0,
        revision: 1,
      });
      // The first point of a series has no verdict: nothing has judged it yet.
      if (hour === 0) continue;
      const isLast = hour === POINTS_A_SERIES - 1;
      for (const detector of ['combined', 'z-score'])
        verdicts.push({
          metric,
          slice,
          bucketStart,
          detector,
          status: isLast ? 'anomalous' : 'normal',
          reason: '',
          value,
          expected: detector === 'combined' ? value / 2 : 99,
          lower: 0,
          upper: value * 0.75,
          score: isLast ? score : 0.5,
          direction: isLast ? 'up' : null,
        });
    }
  await new PointTable(store).write(points);
  await new VerdictTable(store).write(verdicts);
}

export async function writeAlerts(store: Store): Promise<void> {
  const alert = (id: string, at: Instant, body: Record<string, Json>): JournalEntry =>
    entry('alert', id, at, {
      kind: 'metric',
      fingerprint: id,
      metric: 'dispute_rate',
      slice: 'all',
      title: 'Disputes',
      direction: 'up',
      severity: 'warning',
      startedAt: at,
      openedAt: at,
      acknowledgedAt: null,
      acknowledgedBy: '',
      resolvedAt: null,
      owner: 'sam',
      impactCount: 12.5,
      impactAmount: 300,
      ...body,
    });
  await new Journal(store).append([
    alert('firing', FROM + HOUR, {
      state: 'firing',
      severity: 'critical',
      feedback: { verdict: 'true', by: 'kim', at: FROM + 2 * HOUR },
    }),
    alert('acknowledged', FROM - 9 * DAY, { state: 'acknowledged', acknowledgedBy: 'kim' }),
    alert('pending', FROM + HOUR, { state: 'pending', openedAt: null }),
    { ...alert('resolved-today', FROM + HOUR, { state: 'firing' }), reason: 'fired' },
    {
      ...alert('resolved-today', FROM + HOUR, { state: 'acknowledged', acknowledgedBy: 'kim' }),
      version: 2,
      at: FROM + 1.5 * HOUR,
      actor: 'kim',
      reason: 'acknowledged',
    },
    {
      ...alert('resolved-today', FROM + HOUR, {
        state: 'resolved',
        resolvedAt: FROM + 2 * HOUR,
        feedback: { verdict: 'false_alarm', by: 'kim', at: FROM + 2 * HOUR },
      }),
      version: 3,
      at: FROM + 2 * HOUR,
      reason: 'resolved',
    },
    alert('resolved-before', FROM - 9 * DAY, { state: 'resolved', resolvedAt: FROM - 8 * DAY }),
    analysis('firing', [
      {
        rank: 1,
        slice: { region: 'GB', category: "o'r\\ders" },
        cause: true,
        explained: 0.9,
        excess: 45,
        confidence: 0.97,
      },
      { rank: 2, slice: {}, cause: false, explained: 1, excess: 50, confidence: 0.02 },
    ]),
    analysis('resolved-before', [
      { rank: 1, slice: {}, cause: true, explained: null, excess: 3, confidence: 0.5 },
    ]),
  ]);
}

function analysis(alertId: string, slices: Json[]): JournalEntry {
  const outcome = { status: 'explained', analysis: { explanation: { slices } } };
  return entry('analysis', alertId, FROM, { alertId, at: FROM, outcome });
}

export async function writeFollowUps(store: Store): Promise<void> {
  const followUp = (id: string, body: Record<string, Json>): JournalEntry =>
    entry('follow_up', id, FROM, {
      alertId: 'firing',
      metric: 'dispute_rate',
      slice: 'all',
      title: id,
      owner: 'sam',
      priority: 'high',
      openedAt: FROM,
      closedAt: null,
      timesReopened: 0,
      effect: null,
      ...body,
    });
  await new Journal(store).append([
    followUp('overdue', { state: 'in_progress', dueAt: FROM }),
    followUp('in time', { state: 'open', dueAt: Date.UTC(2199, 0, 1) }),
    followUp('done', {
      state: 'verified',
      dueAt: FROM,
      closedAt: FROM + HOUR,
      effect: {
        before: 0.01,
        during: 0.05,
        after: 0.01,
        points: 24,
        savedPerWeek: 80,
        evidence: {
          difference: { estimate: -0.04, lower: -0.05, upper: -0.03 },
          net: null,
          moneyPerWeek: { estimate: 2_000, lower: 1_500, upper: 2_500 },
        },
      },
    }),
    followUp('long done', { state: 'verified', dueAt: FROM, closedAt: FROM - 30 * DAY }),
  ]);
}

export async function writeMessages(store: Store): Promise<void> {
  const message = (id: string, target: string, state: string, createdAt = FROM + HOUR): JournalEntry =>
    entry('delivery', id, createdAt, {
      alertId: 'firing',
      alertVersion: 1,
      followUpId: '',
      target,
      reason: 'first_notification',
      state,
      attempts: 1,
      createdAt,
      sentAt: state === 'sent' ? createdAt : null,
      failure: '',
    });
  await new Journal(store).append([
    message('1', 'slack:#care', 'sent'),
    message('2', 'slack:#care', 'superseded'),
    message('3', 'webhook:ops', 'failed'),
    message('4', 'webhook:ops', 'pending'),
    message('5', 'webhook:ops', 'failed', FROM - 9 * DAY),
  ]);
}

export async function writeInputs(store: Store): Promise<void> {
  const arrival = (source: string, line: number) => ({
    source,
    position: `${source}/0/${line}`,
    receivedAt: TO - HOUR,
    version: BigInt(line),
  });
  const rejected = (line: number, reason: RejectedEvent['reason'], field: string): RejectedEvent => ({
    arrival: arrival('http', line),
    raw: '{"',
    reason,
    field,
    detail: '',
  });
  const event = (source: string, line: number, occurredAt: Instant) => ({
    arrival: arrival(source, line),
    event: arrived({ eventId: `${source}-${line}`, type: 'dispute.opened', region: 'GB', occurredAt }).event,
  });
  await new EventLog(store).write({
    accepted: [
      event('kafka', 1, TO - 2 * HOUR),
      event('kafka', 2, TO - 60_000),
      event('http', 1, TO - 40 * DAY),
      event('file', 1, TO - 400 * DAY),
    ],
    rejected: [
      rejected(1, 'invalid_date', 'occurred_at'),
      rejected(2, 'invalid_date', 'occurred_at'),
      rejected(3, 'malformed_json', ''),
    ],
  });
}

export async function writeCalendar(store: Store): Promise<void> {
  const annotation = (annotationId: string, scope: string, startsAt: Instant) => ({
    annotationId,
    kind: 'campaign' as const,
    title: annotationId,
    scope,
    startsAt,
    endsAt: startsAt + HOUR,
  });
  await new AnnotationTable(store).write([
    annotation('everywhere', 'all', FROM + HOUR),
    annotation('toys', 'category=toys', FROM + 2 * HOUR),
    annotation('books', 'category=books', FROM + 2 * HOUR),
    annotation('last month', 'all', FROM - 30 * DAY),
  ]);
}

function entry(stream: JournalStream, id: string, at: Instant, body: Json): JournalEntry {
  return { stream, id, version: 1, at, actor: 'system', reason: 'made', body };
}
