import { expect } from 'vitest';
import { at } from '../times.js';
import { promise, STANDARD } from './story.js';

promise(
  'people are told again when it has become worse by the stated step since they last were',
  { policies: [{ ...STANDARD, steps: STANDARD.steps.slice(0, 1), worsenBy: 0.5 }] },
  (story) => {
    story.wrong('all', at('10:00'), at('10:30'), 4);
    story.wrong('all', at('10:30'), at('11:00'), 5.9);
    story.wrong('all', at('11:00'), at('11:30'), 6);
    story.wrong('all', at('11:30'), at('12:00'), 8.9);
    story.wrong('all', at('12:00'), undefined, 9);
    expect(story.until(at('11:00'))).toEqual(['10:10 slack:#disputes first_notification all']);
    expect(story.until(at('11:59'))).toEqual(['11:10 slack:#disputes worsened all']);
    expect(story.until(at('14:00'))).toEqual(['12:10 slack:#disputes worsened all']);
  },
);

promise(
  'without such a step people are told again when it becomes critical, also of what somebody works on',
  {},
  (story) => {
    story.wrong('all', at('10:00'), at('11:00'), 4);
    story.wrong('all', at('11:00'), undefined, 20);
    story.until(at('10:20'));
    story.does('ann', { kind: 'acknowledge' });
    expect(story.until(at('11:09'))).toEqual([]);
    expect(story.until(at('11:30'))).toEqual(['11:10 slack:#disputes worsened all']);
    expect(story.alert()).toMatchObject({ state: 'acknowledged', severity: 'critical' });
  },
);
