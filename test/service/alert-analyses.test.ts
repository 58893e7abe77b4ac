import { expect, it } from 'vitest';
import type { AnalysisSources } from '../../src/analysis/explain-metric.js';
import type { AlertAnalysis } from '../../src/model/analysis.js';
import { AlertAnalyses } from '../../src/pipeline/alert-analyses.js';
import { makeAlert, NOON } from '../notify/fixtures.js';
import { metric } from '../support/metric.js';

/** Analyses whose first query is answered when the test says so; then there is nothing to compare with. */
function analyses(patience: number | null) {
  const made: AlertAnalysis[] = [];
  const failed: unknown[] = [];
  let answer: (error?: Error) => void = () => {};
  const answered = new Promise<void>((resolve, reject) => {
    answer = (error) => (error === undefined ? resolve() : reject(error));
  });
  answered.catch(() => {});
  const slices = {
    widths: async () => {
      await answered;
      return { events: 0, combinations: 0, widths: Array(8).fill(0), seen: Array(8).fill([]) };
    },
    marginals: async () => [],
    counts: async () => ({ values: [], bucket: [], events: [], value: [], squares: [] }),
  };
  const subject = new AlertAnalyses({
    metrics: [metric()],
    sources: { slices, metrics: [] } as unknown as AnalysisSources,
    alerts: {
      unexplained: () => (made.length === 0 ? [makeAlert()] : []),
      explained: (analysis) => {
        made.push(analysis);
        return [];
      },
    },
    patience,
    reportFailure: (_alertId, error) => failed.push(error),
  });
  return { subject, made, failed, answer };
}

it('keeps no message waiting for longer than its patience, and adds what comes late', async () => {
  const { subject, made, answer } = analyses(5);
  await subject.settle(NOON);
  expect(made).toEqual([]);
  await subject.settle(NOON + 1_000);
  expect(made).toEqual([]);
  answer();
  await new Promise(setImmediate);
  await subject.settle(NOON + 5_000);
  expect(made).toMatchObject([
    { alertId: 'a-1', at: NOON, outcome: { status: 'refused', reason: 'no_baseline' } },
  ]);
});

it('waits for all of them where messages must not depend on how fast the machine is', async () => {
  const { subject, made, answer } = analyses(null);
  const settled = subject.settle(NOON);
  answer();
  await settled;
  expect(made).toHaveLength(1);
});

it('lets the alert go without one that fails, and tries it once', async () => {
  const { subject, made, failed, answer } = analyses(1_000);
  answer(new Error('the store is gone'));
  await subject.settle(NOON);
  await subject.settle(NOON + 5_000);
  expect(made).toEqual([]);
  expect(failed).toHaveLength(1);
});
