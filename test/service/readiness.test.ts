import { expect, it } from 'vitest';
import { MINUTE } from '../../src/model/clock.js';
import { type ReadinessParts, readiness } from '../../src/service/readiness.js';

const sound: ReadinessParts = {
  store: { ping: async () => true },
  deciding: { isReady: true, looks: { wentWellAt: 0, failure: '' } },
  kafka: { state: () => 'reading', failure: () => '' },
};

/** The reasons of what is not ready, by name. */
async function reasons(parts: Partial<ReadinessParts>, now = MINUTE): Promise<Record<string, string>> {
  const checks = await readiness({ ...sound, ...parts }, now);
  return Object.fromEntries(checks.flatMap(({ name, ok, reason }) => (ok ? [] : [[name, reason]])));
}

it('finds nothing where all is well', async () => {
  expect(await reasons({})).toEqual({});
  expect((await readiness(sound, MINUTE)).map(({ name }) => name)).toEqual([
    'store',
    'decisions',
    'scheduler',
    'kafka',
  ]);
});

it('names the scheduler when a look for work fails, or has not come back', async () => {
  const since = 'no look for work has gone well since 1970-01-01T00:00:00.000Z';
  const failing = { isReady: true, looks: { wentWellAt: 0, failure: 'store_rejected' as const } };
  expect(await reasons({ deciding: failing })).toEqual({ scheduler: `${since}: store_rejected` });
  expect(await reasons({}, 4 * MINUTE)).toEqual({});
  expect(await reasons({}, 6 * MINUTE)).toEqual({ scheduler: since });
});

it('says what Kafka waits for', async () => {
  const waiting = { state: () => 'connecting' as const, failure: () => 'connection refused' };
  expect(await reasons({ kafka: waiting })).toEqual({ kafka: 'connection refused' });
});

it('asks nothing of who only takes events in but its store and its source', async () => {
  const checks = await readiness({ ...sound, deciding: null }, MINUTE);
  expect(checks.map(({ name }) => name)).toEqual(['store', 'kafka']);
});
