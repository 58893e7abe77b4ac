import { expect, it } from 'vitest';
import { fuzz } from './fuzz.js';

it('takes or refuses whatever strangers send, without a crash or a hang (npm run fuzz feeds a million)', async () => {
  const seed = Math.floor(Math.random() * 1e6);
  const outcomes = await fuzz(10_000, seed, () => {});
  expect(outcomes.filter(({ problem }) => problem !== '')).toEqual([]);
}, 120_000);
