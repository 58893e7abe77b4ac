import { expect } from 'vitest';
import { at } from '../times.js';
import { promise, STANDARD } from './story.js';

const NEW = { ...STANDARD, id: 'new', steps: [{ delay: 0, targets: ['slack:#elsewhere'] }] };

promise(
  'an alert goes by the policy that it fired with, whatever is edited meanwhile; the next one by the new',
  {},
  (story) => {
    story.wrong('all', at('10:00'), at('11:00'));
    story.wrong('region=GB', at('14:00'));
    story.until(at('10:15'));
    story.reconfigured({ policies: [NEW], routes: [{ match: {}, policy: NEW.id }] });
    expect(story.until(at('10:55'))).toEqual([
      '10:25 slack:U-ann escalated all',
      '10:55 slack:U-bob escalated all',
    ]);
    expect(story.until(at('13:00'))).toContain('11:20 slack:#disputes resolved all');
    expect(story.until(at('14:10'))).toEqual(['14:10 slack:#elsewhere first_notification region=GB']);
  },
);
