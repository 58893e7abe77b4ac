import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { builtinDetectors } from '../../detectors/index.js';
import type { SeriesContext, SeriesPoint } from '../../src/detection/contract.js';
import { judgeAll } from './support/judging.js';

const COLUMNS = ['expected', 'lower', 'upper', 'score'] as const;

/** What the titles of the columns stand for, where it is not a detector as it comes. */
const PARAMETERS: Readonly<Record<string, object | undefined>> = {
  'z-score robust': { robust: true },
  'z-score exponential': { weighting: 'exponential' },
  'seasonal day and week': { period: ['day', 'week'] },
  'cusum likelihood': { p0: 0.03, run_length: 500_000 },
  'burn-rate': { objective: 0.97 },
};
const LIMITS: Readonly<Record<string, number>> = { 'daily-rate': 0.05, 'daily-count': 150 };

/**
 * How far apart both may be, in parts of the greater of the number and 1. It is rounding where nothing is said: detectors
 * whose formulas are approximations, or whose state is of single precision, are held to those.
 */
const TOLERANCE: Readonly<Record<string, number>> = {
  // Counts of a week's slots are kept in single precision.
  'auto of hourly-rate': 1e-5,
  'auto of daily-rate': 1e-5,
  // The limit is found to 0.0002.
  'cusum likelihood': 5e-4,
  // Hastings' quantile of the normal law is right to 0.00045.
  threshold: 5e-4,
};
const ROUNDING = 1e-9;

/** Series and judgements that `test/golden/reference` computed a second time, in another way. */
const GOLDEN: Readonly<Record<string, SeriesContext>> = {
  'daily-rate': { kind: 'rate', bucketSeconds: 86_400, timezone: 'Europe/London' },
  'daily-count': { kind: 'value', bucketSeconds: 86_400, timezone: 'Europe/London' },
  'hourly-rate': { kind: 'rate', bucketSeconds: 3_600, timezone: 'Europe/London' },
  'hourly-count': { kind: 'value', bucketSeconds: 3_600, timezone: 'Europe/London' },
};

const titlesOf = (rows: readonly Record<string, string>[]): string[] =>
  Object.keys(rows[0] ?? {})
    .filter((column) => column.endsWith(' score'))
    .map((column) => column.slice(0, -' score'.length));

const series = Object.entries(GOLDEN).map(([name, context]) => {
  const file = new URL(`../golden/${name}.csv`, import.meta.url);
  const rows = parse<Record<string, string>>(readFileSync(file), { columns: true });
  const points = rows.map(({ start, numerator, denominator }): SeriesPoint => {
    const cases = Number(numerator);
    const size = denominator === '' ? null : Number(denominator);
    const bucketStart = Date.parse(start as string);
    return { bucketStart, value: cases / (size ?? 1), numerator: cases, denominator: size, annotations: [] };
  });
  return { name, context, rows, points, titles: titlesOf(rows) };
});

describe.each(series)('golden series $name', ({ name, context, rows, points, titles }) => {
  test.each(titles)('%s', (title) => {
    const detector = builtinDetectors.find((one) => one.name === title.split(' ')[0]);
    if (detector === undefined) throw new Error(`no detector for ${title}`);
    const params = title === 'threshold' ? { above: LIMITS[name] } : PARAMETERS[title];
    const judgements = judgeAll(detector, context, points, params);
    const tolerance = TOLERANCE[title] ?? TOLERANCE[`${title} of ${name}`] ?? ROUNDING;
    judgements.forEach((judgement, at) => {
      for (const column of COLUMNS) {
        const golden = rows[at]?.[`${title} ${column}`];
        const where = `${rows[at]?.start} ${column}`;
        if (judgement.status !== 'judged') expect(golden, where).toBe('');
        else expect(relativeError(judgement[column], golden), where).toBeLessThan(tolerance);
      }
    });
    expect(judgements.filter((judgement) => judgement.status === 'judged').length).toBeGreaterThan(50);
  });
});

test('every detector is computed a second time', () => {
  const twice = new Set(series.flatMap(({ titles }) => titles.map((title) => title.split(' ')[0])));
  expect(builtinDetectors.map(({ name }) => name).filter((name) => !twice.has(name))).toEqual([]);
});

function relativeError(found: number, golden: string | undefined): number {
  if (golden === undefined || golden === '') return Number.POSITIVE_INFINITY;
  return Math.abs(found - Number(golden)) / Math.max(1, Math.abs(Number(golden)));
}
