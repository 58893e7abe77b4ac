import { expect } from 'vitest';
import { MINUTE, SECOND } from '../../../src/model/clock.js';
import { at } from '../times.js';
import { promise, STANDARD } from './story.js';

const REGIONS = ['DE', 'FR', 'GB', 'IT', 'PL'];
const byRegion = {
  routes: [
    { match: {}, policy: STANDARD.id, grouping: { by: ['region'], wait: 30 * SECOND, interval: 5 * MINUTE } },
  ],
};

promise(
  'five hundred series that go wrong in one minute are one message for each region',
  byRegion,
  (story) => {
    for (let index = 0; index < 500; index++)
      story.wrong(`category=c${index},region=${REGIONS[index % REGIONS.length]}`, at('10:00'), at('10:20'));
    expect(story.until(at('10:10:29'))).toEqual([]);
    const first = story.until(at('10:11'));
    expect(first).toHaveLength(5);
    expect(first.every((line) => line.includes('slack:#disputes first_notification'))).toBe(true);
    expect(story.alerts().filter(({ state }) => state === 'firing')).toHaveLength(500);

    // Five acknowledgements stop five hundred escalations.
    for (const leader of story.alerts().filter(({ leadsGroup }) => leadsGroup))
      story.does('ann', { kind: 'acknowledge' }, leader.slice);
    expect(
      story
        .alerts()
        .every(({ state, acknowledgedBy }) => state === 'acknowledged' && acknowledgedBy === 'ann'),
    ).toBe(true);
    // A channel takes one message a second.
    const acknowledged = story.until(at('10:12'));
    expect(acknowledged).toHaveLength(4);
    expect(acknowledged.every((line) => line.includes(' slack:#disputes acknowledged '))).toBe(true);
    const ends = story.until(at('10:50'));
    expect(ends).toHaveLength(5);
    expect(ends.every((line) => line.includes(' slack:#disputes resolved '))).toBe(true);
    expect(story.alerts().every(({ state }) => state === 'resolved')).toBe(true);
  },
);

promise('who joins a group later is told of at its pace', byRegion, (story) => {
  story.wrong('category=bikes,region=GB', at('10:00'));
  story.wrong('category=toys,region=GB', at('10:20'));
  expect(story.until(at('10:11'))).toHaveLength(1);
  expect(story.until(at('10:29'))).toEqual(['10:25:30 slack:U-ann escalated category=bikes,region=GB']);
  expect(story.until(at('10:31'))).toEqual([
    '10:30:30 slack:#disputes group_changed category=bikes,region=GB',
    '10:30:30 slack:U-ann group_changed category=bikes,region=GB',
  ]);
});
