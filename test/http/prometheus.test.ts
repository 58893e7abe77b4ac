import { expect, it } from 'vitest';
import { ServiceMetrics } from '../../src/http/prometheus.js';
import type { Arrival } from '../../src/model/event.js';
import type { JournalEntry } from '../../src/model/journal.js';
import type { Json } from '../../src/model/json.js';
import { packed } from '../../src/store/event-rows.js';

const NOW = 100_000;

const arrival: Arrival = { source: 'http', position: '1:1', receivedAt: 0, version: 1n };

const entry = (stream: JournalEntry['stream'], id: string, reason: string, body: Json): JournalEntry => ({
  stream,
  id,
  version: 1,
  at: 0,
  actor: 'system',
  reason,
  body,
});

/** The lines of our own figures, without their descriptions. */
async function figures(metrics: ServiceMetrics): Promise<string[]> {
  return (await metrics.text()).split('\n').filter((line) => line.startsWith('redress_'));
}

it('counts what came in, by source and by the reason it was refused', async () => {
  const metrics = new ServiceMetrics({ now: () => NOW });
  const batch = { source: 'http', lastArrivalAt: 0, accepted: packed([]), bytes: 0 };
  const rejected = [{ arrival, raw: '{', reason: 'malformed_json', field: '', detail: '' }] as const;
  metrics.batchWritten({ ...batch, accepted: { ...batch.accepted, count: 2 }, rejected });
  metrics.batchWritten({ ...batch, rejected });
  metrics.sourceSeen({ source: 'http', frontier: 1_500, lastArrivalAt: null, lag: 7 });
  expect(await figures(metrics)).toEqual(
    expect.arrayContaining([
      'redress_events_accepted_total{source="http"} 2',
      'redress_events_rejected_total{source="http",reason="malformed_json"} 2',
      'redress_batches_written_total{source="http"} 2',
      'redress_source_frontier_timestamp_seconds{source="http"} 1.5',
      'redress_source_lag{source="http"} 7',
    ]),
  );
});

it('shows how many series a metric has had too many of, and says when that begins', async () => {
  const metrics = new ServiceMetrics({ now: () => NOW });
  expect([0, 12, 7, 0, 3].map((count) => metrics.seriesLeftOut('by_merchant', count))).toEqual([
    false,
    true,
    false,
    false,
    true,
  ]);
  expect(await figures(metrics)).toContain('redress_series_left_out{metric="by_merchant"} 3');
});

it('counts points, verdicts and detectors that failed', async () => {
  const metrics = new ServiceMetrics({ now: () => NOW });
  metrics.pointsMade('dispute_rate', 40);
  metrics.judged([
    { status: 'anomalous', reason: '' },
    { status: 'not_evaluable', reason: 'low_volume' },
  ]);
  metrics.detectorFailed('cusum');
  expect(await figures(metrics)).toEqual(
    expect.arrayContaining([
      'redress_points_made_total{metric="dispute_rate"} 40',
      'redress_verdicts_total{status="anomalous",reason=""} 1',
      'redress_verdicts_total{status="not_evaluable",reason="low_volume"} 1',
      'redress_detector_errors_total{detector="cusum"} 1',
    ]),
  );
});

it('shows how many alerts and deliveries are not over, also those of before a restart', async () => {
  const metrics = new ServiceMetrics({ now: () => NOW });
  metrics.journalRead([
    entry('alert', 'a', 'fired', { state: 'firing' }),
    entry('delivery', 'd1', 'first_notification', { state: 'pending', target: 'slack:#disputes' }),
    entry('delivery', 'd2', 'first_notification', { state: 'pending', target: 'console' }),
  ]);
  metrics.journalWritten([
    entry('alert', 'a', 'acknowledged', { state: 'acknowledged' }),
    entry('alert', 'b', 'fired', { state: 'firing' }),
    entry('alert', 'c', 'fired', { state: 'firing' }),
    entry('alert', 'c', 'resolved', { state: 'resolved' }),
    entry('delivery', 'd1', 'sent', { state: 'sent', target: 'slack:#disputes', createdAt: 1, sentAt: 2 }),
  ]);
  const shown = await figures(metrics);
  expect(shown).toEqual(
    expect.arrayContaining([
      'redress_alerts{state="pending"} 0',
      'redress_alerts{state="firing"} 1',
      'redress_alerts{state="acknowledged"} 1',
      'redress_deliveries_pending 1',
      'redress_deliveries_total{scheme="slack",state="sent"} 1',
      // What an earlier process did is not counted again.
      'redress_alert_transitions_total{reason="fired"} 2',
    ]),
  );
  expect(await figures(metrics)).toEqual(shown);
});

it("has the process's own figures as well", async () => {
  expect(await new ServiceMetrics({ now: () => NOW }).text()).toMatch(/^nodejs_eventloop_lag_seconds /m);
});

it('tells how long messages take, from the end of the bucket as well, and what waits', async () => {
  const metrics = new ServiceMetrics({ now: () => NOW });
  const sent = { target: 'slack:#care', alertId: 'a', createdAt: 90_000, reason: 'first_notification' };
  metrics.journalWritten([
    entry('alert', 'a', 'fired', { state: 'firing', bucketSeconds: 60, last: { bucketStart: 20_000 } }),
    entry('delivery', 'd', 'first_notification', { ...sent, state: 'pending' }),
    entry('delivery', 'e', 'first_notification', { ...sent, state: 'pending', createdAt: 95_000 }),
  ]);
  expect(await figures(metrics)).toEqual(
    expect.arrayContaining(['redress_deliveries_pending 2', 'redress_deliveries_oldest_seconds 10']),
  );
  metrics.journalWritten([entry('delivery', 'd', 'sent', { ...sent, state: 'sent', sentAt: 92_000 })]);
  expect(await figures(metrics)).toEqual(
    expect.arrayContaining([
      'redress_delivery_seconds_sum{scheme="slack"} 2',
      'redress_bucket_to_message_seconds_sum{scheme="slack"} 12',
      'redress_deliveries_oldest_seconds 5',
    ]),
  );
});

it('counts follow-ups that are open and that are late', async () => {
  const metrics = new ServiceMetrics({ now: () => NOW });
  metrics.journalRead([
    entry('follow_up', '1', 'opened', { state: 'open', dueAt: NOW - 1, closedAt: null }),
    entry('follow_up', '2', 'opened', { state: 'verifying', dueAt: NOW + 1, closedAt: null }),
    entry('follow_up', '3', 'verified', { state: 'verified', dueAt: NOW - 1, closedAt: NOW }),
  ]);
  expect(await figures(metrics)).toEqual(
    expect.arrayContaining([
      'redress_follow_ups{state="open"} 1',
      'redress_follow_ups{state="verifying"} 1',
      'redress_follow_ups_overdue 1',
    ]),
  );
});

it('tells how late buckets are judged and how long that took, and that it is alive', async () => {
  const metrics = new ServiceMetrics({ now: () => NOW });
  metrics.bucketJudged('dispute_rate', 610_000);
  metrics.judgedWithin('dispute_rate', 20);
  metrics.ticked(250);
  metrics.heartbeat('sent');
  const lines = await figures(metrics);
  expect(lines).toEqual(
    expect.arrayContaining([
      'redress_bucket_delay_seconds_sum{metric="dispute_rate"} 610',
      'redress_detection_seconds_sum{metric="dispute_rate"} 0.02',
      'redress_tick_seconds_sum 0.25',
      'redress_heartbeats_total{outcome="sent"} 1',
    ]),
  );
  expect(await metrics.text()).toContain('nodejs_eventloop_lag_p99_seconds');
});
