import { expect } from 'vitest';
import { at } from '../times.js';
import { promise } from './story.js';

const move = {
  annotationId: 'warehouse-move',
  kind: 'outage' as const,
  title: 'The warehouse moves',
  scope: 'region=GB',
  mutes: true,
  startsAt: at('09:00'),
  endsAt: at('12:00'),
};

promise(
  'planned work mutes what it concerns while it lasts, and nothing else',
  { annotations: [move] },
  (story) => {
    story.wrong('region=GB', at('10:00'));
    story.wrong('region=FR', at('10:00'), at('10:30'));
    expect(story.until(at('11:59'))).toEqual([
      '10:10 slack:#disputes first_notification region=FR',
      '10:25 slack:U-ann escalated region=FR',
      '10:50 slack:#disputes resolved region=FR',
      '10:50 slack:U-ann resolved region=FR',
    ]);
    expect(story.alert('region=GB').silence).toMatchObject({
      author: 'calendar',
      reason: 'The warehouse moves',
    });
    expect(story.until(at('12:00'))).toEqual(['12:00 slack:#disputes first_notification region=GB']);
  },
);

promise(
  'planned work that is taken out of the calendar mutes no longer',
  { annotations: [move] },
  (story) => {
    story.wrong('region=GB', at('10:00'));
    expect(story.until(at('11:00'))).toEqual([]);
    story.reconfigured({ annotations: [] });
    expect(story.until(at('11:01'))).toEqual(['11:00 slack:#disputes first_notification region=GB']);
  },
);
