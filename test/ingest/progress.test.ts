import { expect, it } from 'vitest';
import { ProgressTracker } from '../../src/ingest/progress.js';
import { arrived } from '../support/event.js';

const event = (occurredAt: number, receivedAt: number) => {
  const { event, arrival } = arrived({ eventId: 'e', type: 'order.placed', occurredAt });
  return { event, arrival: { ...arrival, receivedAt } };
};

it('goes forward only: a late event moves no frontier back', () => {
  const tracker = new ProgressTracker('http');
  expect(tracker.progress()).toEqual({ source: 'http', frontier: null, lastArrivalAt: null, lag: 0 });
  tracker.wrote({ accepted: [event(100, 200), event(50, 201)], rejected: [] });
  tracker.wrote({ accepted: [event(10, 150)], rejected: [] });
  expect(tracker.progress()).toEqual({ source: 'http', frontier: 100, lastArrivalAt: 201, lag: 0 });
});

it('takes a rejected input for an arrival that tells nothing of how far the source is', () => {
  const tracker = new ProgressTracker('kafka', { frontier: 100, lastArrivalAt: 100 });
  const { arrival } = event(500, 600);
  tracker.wrote({
    accepted: [],
    rejected: [{ arrival, raw: '', reason: 'malformed_json', field: '', detail: '' }],
  });
  expect(tracker.progress()).toMatchObject({ frontier: 100, lastArrivalAt: 600 });
});

it('never calls a source read to its end when nobody could say so', () => {
  const tracker = new ProgressTracker('kafka');
  tracker.lags(0);
  tracker.lagUnknown();
  expect(tracker.progress().lag).toBe(1);
  tracker.lags(40);
  tracker.lagUnknown();
  expect(tracker.progress().lag).toBe(40);
});
