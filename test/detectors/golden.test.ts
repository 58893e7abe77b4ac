import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import { builtinDetectors } from '../../detectors/index.js';
import type { SeriesPoint } from '../../src/detection/contract.js';
import { judgeAll } from './support/judging.js';

const COLUMNS = ['expected', 'lower', 'upper', 'score'] as const;

/** Series and judgements that `test/golden/reference.py` computed a second time, in another way. */
describe.each(['daily-rate', 'daily-count'])('golden series %s', (name) => {
  const file = new URL(`../golden/${name}.csv`, import.meta.url);
  const rows = parse<Record<string, string>>(readFileSync(file), { columns: true });
  const points = rows.map(({ date, numerator, denominator }): SeriesPoint => {
    const cases = Number(numerator);
    const size = denominator === '' ? null : Number(denominator);
    const bucketStart = DateTime.fromISO(date as string, { zone: 'Europe/London' }).toMillis();
    return { bucketStart, value: cases / (size ?? 1), numerator: cases, denominator: size, annotations: [] };
  });

  const judgedTwice = builtinDetectors.filter(
    ({ name: detector }) => rows[0]?.[`${detector} score`] !== undefined,
  );
  test.each(judgedTwice.map((detector) => [detector.name, detector] as const))('%s', (_, detector) => {
    const judgements = judgeAll(
      detector,
      { kind: name === 'daily-rate' ? 'rate' : 'value', bucketSeconds: 86_400, timezone: 'Europe/London' },
      points,
    );
    judgements.forEach((judgement, at) => {
      for (const column of COLUMNS) {
        const golden = rows[at]?.[`${detector.name} ${column}`];
        const where = `${rows[at]?.date} ${column}`;
        if (judgement.status !== 'judged') expect(golden, where).toBe('');
        else expect(relativeError(judgement[column], Number(golden)), where).toBeLessThan(1e-9);
      }
    });
    expect(judgements.filter((judgement) => judgement.status === 'judged').length).toBeGreaterThan(50);
  });
});

function relativeError(found: number, golden: number): number {
  return Math.abs(found - golden) / Math.max(1, Math.abs(golden));
}
