import { expect, it, vi } from 'vitest';
import { MINUTE } from '../../src/model/clock.js';
import { LateArrivals } from '../../src/service/late-arrivals.js';
import { CheckpointTable } from '../../src/store/checkpoint-table.js';
import { lateEvents } from '../support/late-events.js';
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
    const { events, maker, points, progress, judgeAgain } = await timeline.redress();
    const lookedUntil = (await events.now()) + 2 * MINUTE;
    await timeline.traffic(at('10:00'), at('11:00'), { orders: 0, disputes: 120 });
    const late = lateEvents({ events, points: maker, stored: points, metrics: [definition], lookedUntil });
    await judgeAgain(await late.refresh(progress));

    expect(await verdictOf('10:00')).toEqual({ status: 'anomalous', numerator: 150 });
    expect(await verdictOf('11:00')).toEqual({ status: 'normal', numerator: 30 });
    expect(await timeline.alerts()).toEqual([]);
  },
);

it.each([
  ['before the verdicts are written', 'insert_verdicts'],
  ['between the verdicts and what the judges know', 'insert_judge_states'],
])('judges restated points when the process ended %s', async (_when, write) => {
  const { timeline, verdictOf } = await lateDisputes();
  const { insertRows } = timeline.store;
  const dying = vi.spyOn(timeline.store, 'insertRows').mockImplementation(async (name, ...rest) => {
    if (name === write) throw new Error('killed');
    return insertRows.call(timeline.store, name, ...rest);
  });
  const begin = async () => LateArrivals.begin(await timeline.redress(), new CheckpointTable(timeline.store));
  const first = await begin();
  await expect(first.takeIn()).rejects.toThrow('killed');
  await first.writeDown();
  expect(await verdictOf('10:00')).toMatchObject({ numerator: 150 });
  dying.mockReset();

  await timeline.restart('killed');
  const arrivals = await begin();
  await arrivals.takeIn();
  const written = dying.mock.calls.map(([name]) => name);
  expect(written).toEqual(['insert_verdicts', 'insert_judge_states']);
  expect(await verdictOf('10:00')).toEqual({ status: 'anomalous', numerator: 150 });
  expect(await verdictOf('11:00')).toEqual({ status: 'normal', numerator: 30 });
  expect(await timeline.alerts()).toEqual([]);

  // What has been judged is not judged once more.
  await arrivals.writeDown();
  await timeline.restart('killed');
  const { judgeAgain } = await timeline.redress();
  const judged = vi.fn(judgeAgain);
  Object.assign(await timeline.redress(), { judgeAgain: judged });
  await (await begin()).takeIn();
  expect(judged).toHaveBeenCalledExactlyOnceWith([]);
});

/** Of an hour that has been judged most disputes have arrived since. */
async function lateDisputes() {
  const definition = disputeRate();
  const timeline = await Timeline.begin(configuration({ metrics: [definition] }));
  await timeline.traffic(at('00:00', -1), at('12:00'), { orders: 300, disputes: 30 });
  await timeline.until(at('12:30'));
  await timeline.restart('stopped');
  await timeline.traffic(at('10:00'), at('11:00'), { orders: 0, disputes: 120 });
  const verdictOf = async (time: string) => {
    const { points } = await timeline.redress();
    const [row] = await points.series(definition.id, 'all', at(time), at(time) + 1);
    return { status: row?.verdict.status, numerator: row?.point.numerator };
  };
  return { timeline, verdictOf };
}
