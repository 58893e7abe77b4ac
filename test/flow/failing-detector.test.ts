import { expect, it } from 'vitest';
import type { Judgement } from '../../src/detection/contract.js';
import { scripted } from '../detection/fixtures.js';
import { at, configuration, disputeRate, Timeline } from './timeline.js';

/** A plug-in that cannot take more than 20 disputes an hour. */
const frail = scripted('frail', ({ numerator }): Judgement => {
  if (numerator > 20) throw new Error('more than I can take');
  return { status: 'judged', expected: 0.01, lower: 0, upper: 1, score: 0, direction: 'up' };
});

it('tells once of a detector that fails, and of its recovery, while the others go on', async () => {
  const detect = [
    { use: 'frail', params: {} },
    { use: 'z-score', params: { warm_up: 5 } },
  ];
  const metrics = [disputeRate({ detect, slices: [[], ['region']] })];
  const timeline = await Timeline.begin(configuration({ metrics, plugIns: [frail] }));
  const faults: string[] = [];
  timeline.reportFault = ({ detector, slice, error }) =>
    faults.push(`${detector} ${slice}: ${(error as Error).message}`);
  const calm = { orders: 600, disputes: 6 };
  const britain = { ...calm, region: 'GB' };
  const germany = { ...calm, region: 'DE' };
  await timeline.traffic(at('00:00', -1), at('10:00'), britain, germany);
  await timeline.traffic(at('10:00'), at('12:00'), { ...britain, disputes: 60 }, germany);
  await timeline.traffic(at('12:00'), at('16:00', 1), britain, germany);

  await timeline.until(at('12:10'));
  expect(faults).toEqual(
    [0, 1].flatMap(() => ['all', 'region=GB'].map((where) => `frail ${where}: more than I can take`)),
  );
  const health = async () => (await timeline.alerts()).filter(({ kind }) => kind === 'data_health');
  expect(await health()).toMatchObject([
    {
      slice: 'detector=frail,judges=dispute_rate',
      title: 'The detector frail fails on 2 of 3 series of dispute_rate; the log says how',
      state: 'firing',
      severity: 'warning',
      openedAt: at('11:10'),
    },
  ]);
  // The other detector has seen what there was to see.
  expect(await timeline.alert('region=GB')).toMatchObject({ state: 'firing' });

  // It failed last at 12:10.
  await timeline.until(at('11:10', 1));
  expect(await health()).toMatchObject([{ state: 'firing' }]);
  await timeline.until(at('12:10', 1));
  expect(await health()).toMatchObject([{ state: 'resolved', resolvedAt: at('12:10', 1) }]);
  const heard = (await timeline.heard()).filter((line) =>
    line.endsWith('detector=frail,judges=dispute_rate'),
  );
  expect([...heard.slice(0, 3), ...heard.slice(3).sort()]).toEqual([
    '11:10 console first_notification detector=frail,judges=dispute_rate',
    '11:25 slack:#leads escalated detector=frail,judges=dispute_rate',
    '11:55 slack:#directors escalated detector=frail,judges=dispute_rate',
    '12:10 console resolved detector=frail,judges=dispute_rate',
    '12:10 slack:#directors resolved detector=frail,judges=dispute_rate',
    '12:10 slack:#leads resolved detector=frail,judges=dispute_rate',
  ]);
});

it.each([
  ['its metric is gone', [disputeRate({ id: 'another' })]],
  ['its metric has other detectors', [disputeRate()]],
])('says that it is over, where no bucket is closed any more, when %s', async (_, metrics) => {
  const before = [disputeRate({ detect: [{ use: 'frail', params: {} }] })];
  const timeline = await Timeline.begin(configuration({ metrics: before, plugIns: [frail] }));
  timeline.reportFault = () => {};
  await timeline.traffic(at('00:00'), at('12:00'), { orders: 600, disputes: 60 });
  await timeline.until(at('11:15'));
  const health = async () => (await timeline.alerts()).filter(({ kind }) => kind === 'data_health');
  expect(await health()).toMatchObject([{ state: 'firing' }]);

  await timeline.restart('stopped');
  await timeline.until(at('11:20'));
  expect(await health()).toMatchObject([{ state: 'firing' }]);

  // Its source is quiet, so that nothing is complete.
  timeline.completeUntil = () => null;
  await timeline.restart('stopped', configuration({ metrics, plugIns: [frail] }));
  await timeline.until(at('11:25'));
  expect(await health()).toMatchObject([{ state: 'resolved', resolvedAt: at('11:25') }]);
  expect((await timeline.heard()).filter((line) => line.includes(' resolved '))).toContain(
    '11:25 console resolved detector=frail,judges=dispute_rate',
  );
});
