import { expect, it } from 'vitest';
import { publicHolidays } from '../../src/config/public-holidays.js';
import { at, configuration, disputeRate, Timeline } from './timeline.js';

it('keeps a public holiday out of the alerts of the region that has it, stores why, and shows it', async () => {
  // Bulgaria's day of liberation is the story's day.
  const holidaysOf = await publicHolidays([
    { annotationId: 'bg', country: 'BG', scope: 'region=BG', effect: { kind: 'hold' } },
  ]);
  const definition = disputeRate({ slices: [['region']] });
  const timeline = await Timeline.begin(configuration({ metrics: [definition], holidaysOf }));
  const bulgaria = { region: 'BG', orders: 300, disputes: 6 };
  const britain = { region: 'GB', orders: 300, disputes: 6 };
  await timeline.traffic(at('00:00', -1), at('10:00'), bulgaria, britain);
  await timeline.traffic(
    at('10:00'),
    at('12:00'),
    { ...bulgaria, disputes: 60 },
    { ...britain, disputes: 60 },
  );
  await timeline.until(at('11:10'));
  expect(await timeline.heard()).toEqual(['11:10 console first_notification region=GB']);
  const { points } = await timeline.redress();
  const [held] = await points.series(definition.id, 'region=BG', at('10:00'), at('10:00') + 1);
  expect(held?.verdict).toMatchObject({ status: 'not_evaluable', reason: 'calendar' });
  const shown: object[] = [];
  for await (const rows of timeline.store.rows<object>('SELECT * FROM annotations')) shown.push(...rows);
  expect(shown).toContainEqual(
    expect.objectContaining({
      kind: 'holiday',
      scope: 'region=BG',
      starts_at: '2026-03-02 22:00:00.000',
      ends_at: '2026-03-03 22:00:00.000',
    }),
  );
});
