import { expect, it } from 'vitest';
import { LateEvents } from '../../src/metrics/late-events.js';
import { MINUTE } from '../../src/model/clock.js';
import { at, configuration, disputeRate, Timeline } from './timeline.js';

it.each([
  ['by the process that judged it', false],
  ['by the one after it', true],
])(
  'judges an hour again whose disputes came late, and leaves what people were told: %s',
  async (_who, isNew) => {
    const definition = disputeRate();
    const timeline = await Timeline.begin(configuration({ metrics: [definition] }));
    await timeline.traffic(at('00:00', -1), at('12:00'), { orders: 300, disputes: 30 });
    await timeline.until(at('12:30'));
    const verdictOf = async (time: string) => {
      const { points } = await timeline.redress();
      const [row] = await points.series(definition.id, 'all', at(time), at(time) + 1);
      return { status: row?.verdict.status, numerator: row?.point.numerator };
    };
    expect(await verdictOf('10:00')).toEqual({ status: 'normal', numerator: 30 });

    if (isNew) await timeline.restart('stopped');
    const { events, maker, progress, judgeAgain } = await timeline.redress();
    const lookedUntil = (await events.now()) + 2 * MINUTE;
    await timeline.traffic(at('10:00'), at('11:00'), { orders: 0, disputes: 120 });
    const late = new LateEvents({ events, points: maker, metrics: [definition], lookedUntil });
    await judgeAgain(await late.refresh(progress));

    expect(await verdictOf('10:00')).toEqual({ status: 'anomalous', numerator: 150 });
    expect(await verdictOf('11:00')).toEqual({ status: 'normal', numerator: 30 });
    expect(await timeline.alerts()).toEqual([]);
  },
);
