import { describe, expect, it } from 'vitest';
import type { DecodedBatch } from '../../src/ingest/contract.js';
import { ProgressTracker } from '../../src/ingest/progress.js';

const batch = (latest: number | null, lastArrivalAt: number): DecodedBatch => ({
  source: 'http',
  lastArrivalAt,
  accepted: { rows: [], count: latest === null ? 0 : 1, latest },
  rejected: [],
  bytes: 0,
});

describe('how far a source is', () => {
  it('goes forward only: a late event moves no frontier back', () => {
    const tracker = new ProgressTracker('http');
    expect(tracker.progress()).toEqual({ source: 'http', frontier: null, lastArrivalAt: null, lag: 0 });
    tracker.wrote(batch(100, 201));
    tracker.wrote(batch(10, 150));
    expect(tracker.progress()).toEqual({ source: 'http', frontier: 100, lastArrivalAt: 201, lag: 0 });
  });

  it('takes a rejected input for an arrival that tells nothing of how far the source is', () => {
    const tracker = new ProgressTracker('http');
    tracker.learn([{ place: '', frontier: 100, lastArrivalAt: 100 }]);
    tracker.wrote(batch(null, 600));
    expect(tracker.progress()).toMatchObject({ frontier: 100, lastArrivalAt: 600 });
  });

  it('is never read to its end when nobody could say so, and then only as far as its last place', () => {
    const tracker = new ProgressTracker('kafka');
    tracker.learn([
      { place: 't/0', frontier: 100, lastArrivalAt: 1 },
      { place: 't/1', frontier: 300, lastArrivalAt: 1 },
    ]);
    tracker.lagUnknown();
    expect(tracker.progress()).toMatchObject({ frontier: 100, lag: 1 });
  });
});

describe('partitions', () => {
  const behind = (lags: Record<string, number>) => {
    const tracker = new ProgressTracker('kafka');
    tracker.wrote(batch(300, 1), 't/0');
    tracker.wrote(batch(200, 2), 't/1');
    // Another process reads this one; its events are known from the store.
    tracker.learn([{ place: 't/2', frontier: 100, lastArrivalAt: 3 }]);
    tracker.lags(new Map(Object.entries(lags)));
    return tracker.progress();
  };

  it('that lag hold the source at the least of them, and idle ones hold nobody', () => {
    expect(behind({ 't/0': 0, 't/1': 7, 't/2': 0 })).toMatchObject({ frontier: 200, lag: 7 });
    expect(behind({ 't/0': 9, 't/1': 7, 't/2': 1 })).toMatchObject({ frontier: 100, lag: 17 });
  });

  it('that are read to their ends leave the source where the greatest event is', () => {
    expect(behind({ 't/0': 0, 't/1': 0, 't/2': 0 })).toMatchObject({
      frontier: 300,
      lag: 0,
      lastArrivalAt: 3,
    });
  });

  it('that nobody has begun to read hold everything', () => {
    expect(behind({ 't/0': 0, 't/3': 1 })).toMatchObject({ frontier: 0 });
  });
});
