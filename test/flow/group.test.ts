import { expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../src/model/clock.js';
import { at, configuration, disputeRate, Timeline } from './timeline.js';

const REGIONS = ['DE', 'FR', 'GB', 'IT'];

/** Three slices of the same metric go wrong in one hour, and people hear of one thing, also over a restart. */
it('tells of slices that go wrong together in one message, and is acknowledged as one', async () => {
  const grouping = { by: ['metric'], wait: 30 * SECOND, interval: 5 * MINUTE };
  const timeline = await Timeline.begin(
    configuration({
      metrics: [disputeRate({ slices: [['region']] })],
      routes: [{ match: {}, policy: 'standard', grouping }],
    }),
  );
  const usual = REGIONS.map((region) => ({ region, orders: 300, disputes: 30 }));
  const doubled = usual.map((traffic) => (traffic.region === 'DE' ? traffic : { ...traffic, disputes: 60 }));
  await timeline.traffic(at('00:00', -1), at('10:00'), ...usual);
  await timeline.traffic(at('10:00'), at('13:00'), ...doubled);
  await timeline.traffic(at('13:00'), at('16:00'), ...usual);

  await timeline.until(at('11:10'));
  expect(await timeline.heard()).toEqual([]);
  await timeline.restart('killed');
  await timeline.until(at('11:20'));
  expect(await timeline.heard()).toHaveLength(1);
  expect((await timeline.heard())[0]).toMatch(/^11:10:30 console first_notification region=/);

  await timeline.restart('killed');
  await timeline.until(at('11:30'));
  expect((await timeline.heard()).slice(1)).toHaveLength(1);
  const { groupId } = await timeline.alert('region=GB');
  await timeline.command((redress, now) =>
    redress.commands.alert(
      { kind: 'acknowledge', alertId: redress.alerts.group(groupId)[1]?.alertId ?? '', actor: 'ann' },
      now,
    ),
  );
  const states = async () => (await timeline.alerts()).map(({ state }) => state);
  expect(await states()).toEqual(['acknowledged', 'acknowledged', 'acknowledged']);

  await timeline.restart('killed');
  await timeline.until(at('15:30'));
  expect(await states()).toEqual(['resolved', 'resolved', 'resolved']);
  const ends = (await timeline.heard()).filter((line) => line.includes(' resolved '));
  expect(ends).toHaveLength(2);
});
