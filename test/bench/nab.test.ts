import { describe, expect, test } from 'vitest';
import { auto } from '../../detectors/auto/auto.js';
import { scoresOf } from './nab.js';
import { nabIsThere, readNab } from './nab-corpus.js';
import { NAB_PROFILES, scoreNab } from './nab-scorer.js';

describe.skipIf(!nabIsThere)('auto on the Numenta Anomaly Benchmark (needs ../shared/data/nab)', () => {
  test('is ahead of the best published record on this half, 76.2, with its defaults', {
    timeout: 120_000,
  }, () => {
    const corpus = readNab();
    expect(corpus.flatMap(({ windows }) => windows)).toHaveLength(58);
    const scores = corpus.map((series) => scoresOf(auto, series));
    expect(scoreNab(corpus, scores, NAB_PROFILES.standard).score).toBeGreaterThan(76.2);
  });

  test('is calm about a series that repeats itself, once it has seen four days of it', () => {
    const same = readNab().filter(({ name }) => /flatline|no_noise|square_wave/.test(name));
    expect(same).toHaveLength(3);
    for (const series of same) {
      const settled = scoresOf(auto, series).slice((4 * 86_400) / 300);
      expect(Math.max(...settled), series.name).toBeLessThanOrEqual(1);
    }
  });
});
