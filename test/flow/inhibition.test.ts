import { expect, it } from 'vitest';
import { at, configuration, disputeRate, Timeline } from './timeline.js';

it('tells a marketplace-wide incident once, and a region that stays ill by itself afterwards', async () => {
  const timeline = await Timeline.begin(
    configuration({ metrics: [disputeRate({ slices: [[], ['region']] })] }),
  );
  const germany = { region: 'DE', orders: 540, disputes: 54 };
  const britain = { region: 'GB', orders: 60, disputes: 6 };
  await timeline.traffic(at('00:00', -1), at('10:00'), germany, britain);
  await timeline.traffic(
    at('10:00'),
    at('12:00'),
    { ...germany, disputes: 108 },
    { ...britain, disputes: 18 },
  );
  await timeline.traffic(at('12:00'), at('18:00'), germany, { ...britain, disputes: 18 });

  await timeline.until(at('11:10'));
  expect(await timeline.heard()).toEqual(['11:10 console first_notification all']);
  const whole = await timeline.alert();
  expect(whole.carriers).toMatchObject([
    { slice: 'region=DE', share: expect.closeTo(54 / 66, 2) },
    { slice: 'region=GB', share: expect.closeTo(12 / 66, 2) },
  ]);
  for (const slice of ['region=DE', 'region=GB'])
    expect(await timeline.alert(slice)).toMatchObject({ state: 'firing', heldBy: whole.alertId });

  await timeline.until(at('17:10'));
  expect(await timeline.alert()).toMatchObject({ state: 'resolved', resolvedAt: at('14:10') });
  expect(await timeline.alert('region=DE')).toMatchObject({ state: 'resolved' });
  expect(await timeline.alert('region=GB')).toMatchObject({ state: 'firing', heldBy: '' });
  const regions = (await timeline.heard()).filter((line) => line.includes('region='));
  expect(regions).toEqual([
    '14:10 console first_notification region=GB',
    '14:25 slack:#leads escalated region=GB',
    '14:55 slack:#directors escalated region=GB',
  ]);
});

it('tells of the one region that moved at the region, and not of the whole for its sake', async () => {
  const timeline = await Timeline.begin(
    configuration({ metrics: [disputeRate({ slices: [[], ['region']] })] }),
  );
  const germany = { region: 'DE', orders: 600, disputes: 12 };
  const britain = { region: 'GB', orders: 300, disputes: 6 };
  await timeline.traffic(at('00:00', -1), at('10:00'), germany, britain);
  await timeline.traffic(at('10:00'), at('13:00'), germany, { ...britain, disputes: 45 });
  await timeline.traffic(at('13:00'), at('18:00'), germany, britain);
  await timeline.until(at('11:10'));
  expect(await timeline.heard()).toEqual(['11:10 console first_notification region=GB']);
  const region = await timeline.alert('region=GB');
  expect(await timeline.alert()).toMatchObject({ state: 'firing', heldBy: region.alertId });

  await timeline.until(at('18:10'));
  expect((await timeline.heard()).filter((line) => line.endsWith('all'))).toEqual([]);
  expect(await timeline.alert()).toMatchObject({ state: 'resolved' });
});

it('tells of a region that moved while another made up for it', async () => {
  const timeline = await Timeline.begin(
    configuration({ metrics: [disputeRate({ slices: [[], ['region']] })] }),
  );
  const germany = { region: 'DE', orders: 500, disputes: 50 };
  const britain = { region: 'GB', orders: 100, disputes: 10 };
  await timeline.traffic(at('00:00', -1), at('10:00'), germany, britain);
  await timeline.traffic(
    at('10:00'),
    at('12:00'),
    { ...germany, disputes: 30 },
    { ...britain, disputes: 30 },
  );
  await timeline.until(at('11:10'));
  expect(await timeline.heard()).toEqual(['11:10 console first_notification region=GB']);
});
