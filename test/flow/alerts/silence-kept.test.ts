import { expect } from 'vitest';
import { HOUR } from '../../../src/model/clock.js';
import { at } from '../times.js';
import { promise } from './story.js';

const strike = {
  kind: 'make',
  actor: 'ann',
  match: { region: ['GB'] },
  reason: 'the carrier is on strike',
  endsAt: at('20:00'),
} as const;

promise(
  'a silence that mutes nothing is reported, until it does',
  { silenceIdleAfter: 2 * HOUR },
  (story) => {
    story.wrong('region=GB', at('12:20'));
    story.until(at('10:00'));
    const { silence } = story.silences(strike);
    const about = `silence=${silence.silenceId}`;
    expect(story.until(at('11:59'))).toEqual([]);
    expect(story.until(at('12:10'))).toEqual([`12:00 slack:#disputes first_notification ${about}`]);
    expect(story.until(at('14:00'))).toEqual([`12:30 slack:#disputes resolved ${about}`]);
  },
);

promise(
  'a silence that is edited announces at once what it lets go, and mutes what it takes up',
  {},
  (story) => {
    story.wrong('region=GB', at('10:00'), at('11:10'));
    story.wrong('region=FR', at('12:00'));
    story.until(at('09:00'));
    const { silence } = story.silences(strike);
    expect(story.until(at('11:00'))).toEqual([]);
    const edit = { kind: 'edit', silenceId: silence.silenceId, actor: 'eve' } as const;
    expect(story.silences({ ...edit, match: { region: ['FR'] } }).heard).toEqual([
      '11:00 slack:#disputes first_notification region=GB',
    ]);
    story.does('ann', { kind: 'resolve' }, 'region=GB');
    story.until(at('11:50'));
    expect(story.until(at('12:59'))).toEqual([]);
    expect(story.alert('region=FR')).toMatchObject({ state: 'firing', silence: { author: 'ann' } });
    expect(story.silences({ ...edit, endsAt: at('13:30') }).heard).toEqual([]);
    expect(story.until(at('13:30'))).toEqual(['13:30 slack:#disputes first_notification region=FR']);
  },
);
