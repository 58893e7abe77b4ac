import { expect, it } from 'vitest';
import { loadProgress, progressWords } from '../../src/cli/load-progress.js';
import type { FileProgress } from '../../src/ingest/file-source.js';

const half: FileProgress = {
  stage: 'loading',
  read: 110_000,
  bytesRead: 5_000,
  bytesTotal: 10_000,
  share: 0.5,
  accepted: 90_000,
  rejected: 10_000,
};

it('says of a load its share, its rate and the time that is left', () => {
  expect(loadProgress(half, 100)).toEqual({ share: 0.5, eventsPerSecond: 1_000, secondsLeft: 100 });
  expect(progressWords(half, 100)).toBe(
    '[##########..........] 50 %, 90,000 events, 10,000 rejected, 1,000/s, 1 min 40 s left',
  );
});

it('promises no end for a pipe, and none before anything was read', () => {
  expect(progressWords({ ...half, bytesTotal: null, share: null, rejected: 0 }, 10)).toBe(
    '90,000 events, 9,000/s',
  );
  expect(loadProgress({ ...half, bytesRead: 0, share: 0 }, 0)).toEqual({
    share: 0,
    eventsPerSecond: 0,
    secondsLeft: null,
  });
});

it('says what has been read while nothing is durable, and of a table how much is sent before any of it is an event', () => {
  const first = { ...half, share: 0.1, read: 25_000, accepted: 0, rejected: 0 };
  expect(progressWords(first, 10)).toBe('[##..................] 10 %, 25,000 read, 2,500/s, 1 min 30 s left');
  const sending: FileProgress = { ...first, stage: 'sending', read: 0, bytesRead: 12_300_000 };
  expect(progressWords(sending, 10)).toBe(
    '[##..................] 10 %, 12 MB sent, 1 MB/s, there in 1 min 30 s',
  );
});
