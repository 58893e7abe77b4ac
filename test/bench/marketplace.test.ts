import { expect, test } from 'vitest';
import { cleanAlerts, FALSE_ALERTS_PER_WEEK, isFindable, summarise, trialsOf } from './marketplace.js';

/** The benchmark's floors on a part of it: `npm run bench marketplace` is the whole. */
test('auto finds what the optimal CUSUM finds within a day of orders, with at most twice its delay', {
  timeout: 120_000,
}, () => {
  const findable = trialsOf(31).filter(isFindable);
  expect(findable.length).toBeGreaterThan(6);
  const { recall, delayRatio } = summarise(findable);
  expect(recall).toBeGreaterThanOrEqual(0.9);
  expect(delayRatio).toBeLessThanOrEqual(2);
});

test('auto keeps to two false alerts a week over all slices of a marketplace in which nothing happens but sales', {
  timeout: 120_000,
}, () => {
  const weeks = 5;
  const alerts = cleanAlerts(33, FALSE_ALERTS_PER_WEEK, weeks * 168);
  expect(alerts.length / weeks).toBeLessThanOrEqual(FALSE_ALERTS_PER_WEEK);
});
