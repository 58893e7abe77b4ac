import { expect } from 'vitest';
import { at } from '../times.js';
import { ANN, PEOPLE, promise } from './story.js';

const owners = [
  ANN,
  { ...PEOPLE[2], owns: [{ metric: '', labels: { region: 'GB' } }] } as typeof ANN,
  ...PEOPLE.slice(1, 2),
];

promise(
  'a slice that somebody else answers for goes to them, and not to the owner of the metric',
  { owners },
  (story) => {
    story.wrong('category=toys,region=GB', at('10:00'), at('10:40'));
    story.wrong('region=FR', at('12:00'), at('12:40'));
    expect(story.until(at('10:30'))).toContain('10:25 slack:U-eve escalated category=toys,region=GB');
    expect(story.until(at('12:30'))).toContain('12:25 slack:U-ann escalated region=FR');
  },
);
