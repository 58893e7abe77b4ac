import { expect, it } from 'vitest';
import { ServiceMetrics } from '../../src/http/prometheus.js';
import type { Arrival } from '../../src/model/event.js';
import type { JournalEntry } from '../../src/model/journal.js';
import type { Json } from '../../src/model/json.js';
import { packed } from '../../src/store/event-rows.js';

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
  const metrics = new ServiceMetrics();
  const batch = { source: 'http', lastArrivalAt: 0, accepted: packed([]) };
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

it('counts points, verdicts and detectors that failed', async () => {
  const metrics = new ServiceMetrics();
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
  const metrics = new ServiceMetrics();
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
    entry('delivery', 'd1', 'sent', { state: 'sent', target: 'slack:#disputes' }),
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
  expect(await new ServiceMetrics().text()).toMatch(/^nodejs_eventloop_lag_seconds /m);
});
