import { expect } from 'vitest';
import { at } from '../times.js';
import { ANN, promise, STANDARD } from './story.js';

/** The channel hears of it at any hour; the owner is asked in her own, unless it is critical. */
const policies = [
  {
    ...STANDARD,
    steps: [
      { delay: 0, targets: ['slack:#disputes'] },
      { delay: 0, targets: ['owner'], waitsForWork: ['warning' as const] },
    ],
  },
];
/** New York is five hours behind. Wednesday is a holiday of hers, Friday to Sunday are free. */
const ann = {
  ...ANN,
  timezone: 'America/New_York',
  work: { days: [1, 2, 3, 4], from: 9 * 60, to: 17 * 60, holidays: ['2026-03-04'] },
};

promise(
  'a warning waits for the owner to be at work where she lives',
  { policies, owners: [ann] },
  (story) => {
    story.wrong('all', at('10:00'));
    expect(story.until(at('13:59'))).toEqual(['10:10 slack:#disputes first_notification all']);
    expect(story.until(at('14:00'))).toEqual(['14:00 slack:U-ann escalated all']);
  },
);

promise(
  'it waits over her evening, her holiday and the morning after',
  { policies, owners: [ann] },
  (story) => {
    story.wrong('all', at('22:30'));
    expect(story.until(at('13:59', 2))).toEqual(['22:40 slack:#disputes first_notification all']);
    expect(story.until(at('14:00', 2))).toEqual(['Thu 14:00 slack:U-ann escalated all']);
    expect(story.log()).toContain('22:40 waits_for_work');
  },
);

promise('what is critical wakes her', { policies, owners: [ann] }, (story) => {
  story.wrong('all', at('22:30'), undefined, 25);
  expect(story.until(at('23:00'))).toEqual([
    '22:40 slack:#disputes first_notification all',
    '22:40 slack:U-ann escalated all',
  ]);
});
