import { expect, it } from 'vitest';
import { combinedWatermark, watermark } from '../../src/metrics/watermark.js';
import { MINUTE } from '../../src/model/clock.js';
import { at, configuration, disputeRate, Timeline } from './timeline.js';

const usual = { orders: 300, disputes: 30 };
const doubled = { orders: 300, disputes: 60 };

it('never resolves an alert because the source went quiet, and goes on when it speaks again', async () => {
  const timeline = await Timeline.begin();
  await timeline.traffic(at('00:00', -1), at('10:00'), usual);
  await timeline.traffic(at('10:00'), at('12:00'), doubled);
  // The source breaks off at noon and comes back with the normal rate at six in the evening.
  let lastArrivalAt = at('12:00');
  const rule = configuration().service.ingest;
  timeline.completeUntil = (now) => {
    const heard = Math.min(now, lastArrivalAt);
    return combinedWatermark([watermark({ frontier: heard, lastArrivalAt: heard, lag: 0 }, now, rule)]);
  };
  await timeline.until(at('12:05'));
  expect(await timeline.alert()).toMatchObject({ state: 'firing', normalRun: 0 });

  await timeline.until(at('17:00'));
  const { alerts, append, pipeline } = await timeline.redress();
  await append(alerts.sourceHealth('http', true, lastArrivalAt, at('17:00')));
  await pipeline.advance(at('17:59'));
  expect(await timeline.alert()).toMatchObject({ state: 'firing', normalRun: 0 });
  expect((await timeline.heard()).filter((line) => line.endsWith('source=http'))).toEqual([
    '17:00 console first_notification source=http',
    '17:15 slack:#leads escalated source=http',
    '17:45 slack:#directors escalated source=http',
  ]);

  await timeline.traffic(at('18:00'), at('21:00'), usual);
  lastArrivalAt = at('21:00');
  await append(alerts.sourceHealth('http', false, lastArrivalAt, at('18:00')));
  await timeline.until(at('20:09'));
  expect((await timeline.alert()).state).toBe('firing');
  await timeline.until(at('20:10'));
  expect((await timeline.alert()).state).toBe('resolved');
});

it('takes an hour with too few orders neither for good nor for bad', async () => {
  const timeline = await Timeline.begin(
    configuration({
      metrics: [
        disputeRate({
          minDenominator: 100,
          alert: { for: 1, recover: 1, mergeGap: 0, criticalScore: 20 },
        }),
      ],
    }),
  );
  await timeline.traffic(at('00:00', -1), at('10:00'), usual);
  await timeline.traffic(at('10:00'), at('11:00'), doubled);
  await timeline.traffic(at('11:00'), at('12:00'), { orders: 99, disputes: 0 });
  await timeline.traffic(at('13:00'), at('14:00'), usual);
  await timeline.until(at('14:09'));
  expect((await timeline.alert()).state).toBe('firing');
  await timeline.until(at('14:10'));
  expect((await timeline.alert()).state).toBe('resolved');
});

it('counts the time to escalate from when people could know, not from when the bucket ended', async () => {
  const timeline = await Timeline.begin();
  await timeline.traffic(at('00:00', -1), at('10:00'), usual);
  await timeline.traffic(at('10:00'), at('11:00'), doubled);
  // The source lags: at noon it is complete up to eleven, and only then the bucket can be closed.
  timeline.completeUntil = (now) => (now < at('12:00') ? Math.min(now, at('11:00')) : at('11:10'));
  for (let now = at('11:00'); now <= at('12:00'); now += MINUTE) await timeline.until(now);
  // The look before it was the last at which it could not be known.
  expect(await timeline.heard()).toEqual(['11:59 console first_notification all']);
  await timeline.until(at('12:13'));
  expect(await timeline.heard()).toHaveLength(1);
  await timeline.until(at('12:14'));
  expect((await timeline.heard())[1]).toBe('12:14 slack:#leads escalated all');
});
