import { describe, expect, test } from 'vitest';
import { analysisChart, waterfall } from '../../src/notify/analysis-chart.js';
import { analysisMessage } from '../../src/notify/analysis-message.js';
import { causeLines } from '../../src/notify/cause-words.js';
import { svgToPng } from '../../src/notify/png.js';
import { explained, makeAnalysis } from '../support/analysis.js';
import { makeNotification } from './fixtures.js';

const told = (analysis = makeAnalysis()) =>
  makeNotification({ analysis: { alertId: 'a-1', at: 0, outcome: { status: 'explained', analysis } } });
const { display } = makeNotification();

describe('the causes of an alert', () => {
  test('are its first lines, with their share, their size, their money and how sure they are', () => {
    expect(causeLines(told())).toEqual([
      'category toys, region GB: 80% of it, +50 disputes, £1,000 (97% sure)',
      'channel phone: 16% of it, +10 disputes, £200 (80% sure)',
    ]);
  });

  test('are left to what was there before while there is no analysis or it names nothing narrower', () => {
    expect(causeLines(makeNotification())).toBeNull();
    const { explanation } = makeAnalysis();
    expect(
      causeLines(told(makeAnalysis({ explanation: { ...explanation, slices: [explained({})] } }))),
    ).toBeNull();
  });

  test('come whole in the thread, within the limits of Slack, whatever people wrote', () => {
    const says = Array.from({ length: 9 }, (_, i) => ({
      term: `<!channel> ${i}`,
      texts: 9,
      textsBefore: 0,
      score: 9,
      examples: ['&'.repeat(5_000)],
    }));
    const { blocks } = analysisMessage(told(makeAnalysis({ says })));
    const text = JSON.stringify(blocks);
    expect(text).toContain('Refunds, category toys, region GB: up, 2 h earlier');
    expect(text).toContain('rule changed, returns without a photo');
    expect(text).toContain('carrier dhl: 90% of the cases, 20% before');
    expect(text).not.toContain('<!channel>');
    expect(text.length).toBeLessThan(13_000);
    for (const block of blocks) expect(JSON.stringify(block).length).toBeLessThan(3_000);
  });
});

describe('the picture of an explanation', () => {
  const { explanation } = makeAnalysis();

  test('goes from what was expected over the causes to what came, and leaves nothing out', () => {
    const steps = waterfall(explanation);
    expect(steps.map(({ name }) => name)).toEqual([
      'Expected',
      'category toys, region GB',
      'channel phone',
      'elsewhere',
      'Seen',
    ]);
    for (const [index, step] of steps.slice(1, -1).entries()) expect(step.from).toBe(steps[index]?.to);
    expect(steps.at(-2)?.to).toBeCloseTo(400, 9);
  });

  test.each([
    ['a rate', explanation],
    ['nothing at all', { ...explanation, observed: 0, expected: 0, excess: 0, slices: [], split: null }],
    ['amounts below zero', { ...explanation, observed: -50, expected: -20, excess: -30, split: null }],
  ])('can be drawn of %s', (_what, each) => {
    const svg = analysisChart({ explanation: each, title: 'Disputes <b>', subtitle: 'overall', display });
    expect(svg).not.toMatch(/NaN|Infinity|<b>/);
    // Both charts are inside of the picture.
    const places = [...svg.matchAll(/translate\((-?[\d.]+)/g)].map(([, at]) => Number(at));
    expect(Math.max(...places)).toBeLessThan(Number(/width="(\d+)"/.exec(svg)?.[1]));
    expect(svgToPng(svg).subarray(1, 4).toString()).toBe('PNG');
  });
});
