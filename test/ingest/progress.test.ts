import { expect, it } from 'vitest';
import type { DecodedBatch } from '../../src/ingest/contract.js';
import { ProgressTracker } from '../../src/ingest/progress.js';

const batch = (latest: number | null, lastArrivalAt: number): DecodedBatch => ({
  source: 'http',
  lastArrivalAt,
  accepted: { rows: [], bytes: 0, count: latest === null ? 0 : 1, latest },
  rejected: [],
});

it('goes forward only: a late event moves no frontier back', () => {
  const tracker = new ProgressTracker('http');
  expect(tracker.progress()).toEqual({ source: 'http', frontier: null, lastArrivalAt: null, lag: 0 });
  tracker.wrote(batch(100, 201));
  tracker.wrote(batch(10, 150));
  expect(tracker.progress()).toEqual({ source: 'http', frontier: 100, lastArrivalAt: 201, lag: 0 });
});

it('takes a rejected input for an arrival that tells nothing of how far the source is', () => {
  const tracker = new ProgressTracker('kafka', { frontier: 100, lastArrivalAt: 100 });
  tracker.wrote(batch(null, 600));
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
