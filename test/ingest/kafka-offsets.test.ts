import { expect, it } from 'vitest';
import { lagOf } from '../../src/ingest/kafka-offsets.js';

it.each([
  ['what is behind the committed offset', { low: 0, high: 100, committed: 60 }, 40],
  ['all that is there where nothing was ever committed', { low: 20, high: 100, committed: null }, 80],
  ['not what retention has deleted', { low: 90, high: 100, committed: 60 }, 10],
  ['all of a topic that was made anew', { low: 0, high: 5, committed: 60 }, 5],
  ['nothing at the end', { low: 0, high: 100, committed: 100 }, 0],
])('says that %s waits', (_, offsets, lag) => {
  expect(lagOf({ topic: 't', partition: 1, ...offsets })).toEqual({ topic: 't', partition: 1, lag });
});
