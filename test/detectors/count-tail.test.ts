import { describe, expect, test } from 'vitest';
import {
  betaBinomial,
  gammaPoisson,
  logLowerTail,
  logUpperTail,
} from '../../detectors/support/count-tail.js';
import { normalQuantile } from '../../detectors/support/normal.js';

describe('tails of counts', () => {
  // With correlation 1/3 and p = 1/2 the beta law is the uniform one, and every count is as likely as another.
  test('the beta-binomial law of a uniform rate gives every count the same chance', () => {
    const law = betaBinomial(9, 0.5, 1 / 3);
    for (let count = 0; count <= 9; count += 1) {
      expect(Math.exp(law.logProbability(count))).toBeCloseTo(0.1, 9);
      expect(Math.exp(logUpperTail(law, count))).toBeCloseTo(1 - count / 10, 9);
      expect(Math.exp(logLowerTail(law, count))).toBeCloseTo((count + 1) / 10, 9);
    }
  });

  // Summed with sixty digits, term by term, from the product of (b + i)/(a + b + i).
  test.each([
    [50, 0.02, 0.01, 7, -6.150993739505],
    [500, 0.003, 0.002, 10, -5.953998077807],
    [20_000, 0.02, 1e-4, 538, -9.176476786919],
  ] as const)(
    '%d orders at a rate of %d with correlation %d: %d or more',
    (size, p, correlation, count, log) => {
      expect(logUpperTail(betaBinomial(size, p, correlation), count)).toBeCloseTo(log, 8);
    },
  );

  test('without correlation it is the binomial law: 5 or more of 20 at 10 % is 0.0432', () => {
    expect(Math.exp(logUpperTail(betaBinomial(20, 0.1, 1e-9), 5))).toBeCloseTo(0.043174, 5);
  });

  test('the gamma-Poisson law with mean 1 and dispersion 2 halves with every case', () => {
    const law = gammaPoisson(1, 2);
    for (let count = 0; count < 20; count += 1) {
      expect(Math.exp(law.logProbability(count))).toBeCloseTo(0.5 ** (count + 1), 9);
      expect(logUpperTail(law, count)).toBeCloseTo(count * Math.log(0.5), 9);
    }
  });

  test.each([
    [0.025, 1.959964],
    [0.001, 3.090232],
    [0.0001, 3.719016],
  ])('a normal law has %d left beyond %d', (tail, quantile) => {
    expect(Math.abs(normalQuantile(tail) - quantile)).toBeLessThan(0.00045);
  });
});
