import { expect, it } from 'vitest';
import { draftOf } from '../../src/backtest/tuning-draft.js';
import { loadConfiguration } from '../../src/config/load.js';
import type { Tunable } from '../../src/detection/backtest/tunables.js';
import { knownDetectors } from '../../src/plug-ins.js';
import { configurationFolder } from '../cli/process.js';

const metric = (id: string, detect: string) =>
  [
    `- id: ${id}`,
    '  kind: ratio',
    '  numerator: { event: dispute.opened }',
    '  denominator: { event: order.delivered }',
    `  detect: ${detect}`,
    '',
  ].join('\n');
const TEXT = metric('first', 'auto') + metric('second', '[{ use: z-score }] # by hand');
const { config } = configurationFolder({ 'metrics.yaml': TEXT });

const load = async (metricsText: string) => {
  const loaded = await loadConfiguration(config, { env: {}, ...knownDetectors, metricsText });
  return loaded.ok ? loaded.configuration : null;
};

function draft(id: string, path: Tunable['path'], value: number) {
  const tunable: Tunable = { path, name: '', today: null, values: [] };
  return draftOf(TEXT, id, [tunable], new Map([[0, value]]), load);
}

it('a draft says what the whole configuration would be with the change, shares of the budget included', async () => {
  const today = (await load(TEXT))?.metrics[1];
  const drafted = await draft('second', ['detect', 0, 'width'], 4);
  expect(drafted?.text).toBe(TEXT.replace('{ use: z-score }', '{ use: z-score, width: 4 }'));
  expect(drafted?.metric).toEqual({ ...today, detect: [{ use: 'z-score', params: { width: 4 } }] });
  expect(drafted?.metric.falseAlertsPerWeek).toBeGreaterThan(0);
});

it('a draft writes out the list that auto is short for', async () => {
  const drafted = await draft('first', ['detect', 0, 'accept_after'], 20);
  expect(drafted?.text).toBe(TEXT.replace('detect: auto', 'detect: [ { use: auto, accept_after: 20 } ]'));
  expect(drafted?.metric.detect).toEqual([{ use: 'auto', params: { accept_after: 20 } }]);
});

it('there is no draft of what would be refused, or of a metric that is not there', async () => {
  expect(await draft('second', ['detect', 0, 'width'], -1)).toBeNull();
  expect(await draft('third', ['min_denominator'], 5)).toBeNull();
});
