import { expect, it } from 'vitest';
import { storyText } from '../../src/cli/alert-story.js';
import type { StoryEntryWire } from '../../src/http/alert-wire.js';

const entry = (minute: number, changes: Partial<StoryEntryWire>): StoryEntryWire => ({
  ...{ stream: 'delivery', id: 'd1', version: minute + 1, actor: 'system', reason: 'retry' },
  at: new Date(Date.UTC(2026, 1, 16, 12, minute)).toISOString(),
  text: `words of minute ${minute}`,
  ...changes,
});

it('tells of attempts that failed in one line for each message, in the words of the newest', () => {
  const story = [
    entry(0, { reason: 'first_notification' }),
    entry(1, {}),
    entry(2, { id: 'd2' }),
    entry(3, {}),
    entry(4, {}),
  ];
  expect(storyText(story).split('\n')).toEqual([
    'What happened (UTC)',
    '  2026-02-16 12:00  words of minute 0',
    '  2026-02-16 12:01  words of minute 4 (3 times, the last 2026-02-16 12:04)',
    '  2026-02-16 12:02  words of minute 2',
  ]);
});

it('tells of points that say the same in one line, and of a message that has arrived once', () => {
  const point = { stream: 'alert', id: 'a1', reason: 'anomalous' };
  const story = [
    entry(0, { reason: 'first_notification' }),
    entry(1, point),
    entry(2, point),
    entry(3, { reason: 'sent' }),
  ];
  expect(storyText(story).split('\n').slice(1)).toEqual([
    '  2026-02-16 12:01  words of minute 2 (2 points, the last 2026-02-16 12:02)',
    '  2026-02-16 12:03  words of minute 3',
  ]);
});
