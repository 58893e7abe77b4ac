import { describe, expect, it } from 'vitest';
import { builtinDetectors } from '../../detectors/index.js';
import { Calendar } from '../../src/detection/calendar.js';
import { Judging } from '../../src/detection/judging.js';
import type { SavedJudge } from '../../src/model/judge-state.js';
import type { MetricDefinition } from '../../src/model/metric.js';
import { metric } from '../support/metric.js';
import { ratePoint } from './fixtures.js';

const HISTORY = 400;
/** A little unrest around ten, and from `HISTORY` on around thirty, in a thousand. */
const cases = (index: number) => (index < HISTORY ? 10 : 30) + (index % 3);

const judgingWith = (saved: readonly SavedJudge[] = []) =>
  new Judging({
    detectors: builtinDetectors,
    calendar: new Calendar([]),
    saved,
    reportFault: ({ error }) => {
      throw error;
    },
  });
const definition = (use: string, params: MetricDefinition['detect'][number]['params'] = {}) =>
  metric({
    detect: [{ use, params }],
    newNormalAfter: 20,
    alert: { for: 1, recover: 3, mergeGap: 0, criticalScore: 3 },
  });
/** What is said of the hours from `from` to before `to`: `n` normal, `x` anomalous, `!` the new normal. */
function said(judging: Judging, of: MetricDefinition, from: number, to: number): string {
  let text = '';
  for (let index = from; index < to; index += 1) {
    const [judged] = judging.judgeBucket(of, [ratePoint(index, cases(index))]);
    const { status, reason } = judged?.combined ?? {};
    text += reason === 'new_normal' ? '!' : status === 'anomalous' ? 'x' : status === 'normal' ? 'n' : '-';
  }
  return text;
}

describe.each(['z-score', 'rate', 'cusum', 'ewma', 'seasonal', 'auto'])(
  'a level that stays, judged by %s',
  (use) => {
    const of = definition(use);

    it('is the new normal after the stated time, which is said, and is in band from then on', () => {
      const judging = judgingWith();
      said(judging, of, 0, HISTORY);
      const after = said(judging, of, HISTORY, HISTORY + 60);
      expect(after.indexOf('!')).toBeGreaterThanOrEqual(19);
      expect(after.indexOf('!')).toBeLessThanOrEqual(24);
      expect(after.slice(0, after.indexOf('!'))).toMatch(/^n{0,4}x+$/);
      expect(after.slice(after.indexOf('!') + 1)).toMatch(/^n+$/);
    });

    it('is so at once when a person says it, also after a restart', () => {
      const judging = judgingWith();
      said(judging, of, 0, HISTORY);
      expect(judging.acceptLevel(of, 'all')).toBe(false);
      expect(said(judging, of, HISTORY, HISTORY + 8)).toMatch(/x$/);
      expect(judging.acceptLevel(of, 'all')).toBe(true);
      const restarted = judgingWith(JSON.parse(JSON.stringify(judging.save())) as SavedJudge[]);
      expect(said(restarted, of, HISTORY + 8, HISTORY + 40)).toMatch(/^n+$/);
      const next = [40, 41].map((hour) => restarted.judgeBucket(of, [ratePoint(HISTORY + hour, 120)]));
      const back = next[1] ?? [];
      expect(back[0]?.combined).toMatchObject({ status: 'anomalous', direction: 'up' });
      expect(back[0]?.combined.expected).toBeGreaterThan(0.025);
    });
  },
);

describe('a level that stays', () => {
  it('is never normal for a detector that does not learn, nor when a person says so', () => {
    const judging = judgingWith();
    const of = definition('threshold', { above: 0.02 });
    said(judging, of, 0, HISTORY);
    expect(said(judging, of, HISTORY, HISTORY + 60)).toMatch(/^x+$/);
    expect(judging.acceptLevel(of, 'all')).toBe(false);
  });

  it('is no new normal where the metric never takes one', () => {
    const judging = judgingWith();
    const { newNormalAfter: _, ...of } = definition('z-score');
    said(judging, of, 0, HISTORY);
    expect(said(judging, of, HISTORY, HISTORY + 60)).toMatch(/^x+$/);
  });

  it.each([
    { newNormalAfter: 10_080, of: /^x{10079}!n+$/ },
    { newNormalAfter: undefined, of: /^x+$/ },
  ])('is nothing that a detector takes for normal sooner, after $newNormalAfter points either', (stated) => {
    const judging = judgingWith();
    const { newNormalAfter: _, ...rest } = definition('z-score', { window: 100 });
    const { newNormalAfter = null } = stated;
    const of = newNormalAfter === null ? rest : { ...rest, newNormalAfter };
    said(judging, of, 0, HISTORY);
    expect(said(judging, of, HISTORY, HISTORY + 9_000)).toMatch(/^x+$/);
    // What is kept of a level that stays is a window of it, however long it stays, and a restart changes nothing.
    const saved = JSON.stringify(judging.save());
    expect(saved.length).toBeLessThan(10_000);
    const restarted = judgingWith(JSON.parse(saved) as SavedJudge[]);
    const later = said(restarted, of, HISTORY + 9_000, HISTORY + 12_000);
    expect('x'.repeat(9_000) + later).toMatch(stated.of);
  });

  it.each([
    ['z-score', {}],
    ['rate', {}],
    ['cusum', {}],
    ['ewma', {}],
    ['auto', {}],
    ['percent-change', { sampling_width: 2.5 }],
    ['level-shift', {}],
  ])(
    'is not taken for a recovery by %s before it is the new normal, however long that takes',
    (use, params) => {
      const judging = judgingWith();
      const of = { ...definition(use, params), newNormalAfter: 300 };
      said(judging, of, 0, HISTORY);
      expect(said(judging, of, HISTORY, HISTORY + 320)).toMatch(/^n{0,5}x{299}!n+$/);
    },
  );
});
