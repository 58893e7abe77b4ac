import fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { SilenceCommand } from '../../src/alerts/silence-command.js';
import { slackInbox } from '../../src/http/slack.js';
import { parseSilence } from '../../src/http/slack-silence.js';
import { DAY, HOUR, SimulatedClock } from '../../src/model/clock.js';
import type { Silence } from '../../src/model/silence.js';
import { NOON } from '../notify/fixtures.js';
import { FakeService } from './fake-service.js';

describe('/redress silence is read as it was meant', () => {
  it.each([
    [
      'metric=dispute_rate region=GB for 4h because the supplier strikes',
      {
        match: { metric: ['dispute_rate'], region: ['GB'] },
        lasts: 4 * HOUR,
        reason: 'the supplier strikes',
      },
    ],
    ['region=GB,DE until resolved', { match: { region: ['GB', 'DE'] }, lasts: 'resolved', reason: '' }],
    ['for 2d category="toys, games"', { match: { category: ['toys, games'] }, lasts: 2 * DAY, reason: '' }],
    ['category=“a b” for 30m', { match: { category: ['a b'] }, lasts: HOUR / 2, reason: '' }],
  ])('%s', (text, made) => {
    expect(parseSilence(text)).toEqual({ kind: 'make', ...made });
  });

  it.each([
    ['edit `s-1` for 2h because it takes longer', { lasts: 2 * HOUR, match: {}, reason: 'it takes longer' }],
    ['edit s-1 region=GB', { lasts: null, match: { region: ['GB'] }, reason: '' }],
  ])('also when one is changed: %s', (text, edited) => {
    expect(parseSilence(text)).toEqual({ kind: 'edit', silenceId: 's-1', ...edited });
  });

  it.each([
    ...['region=GB', 'region=GB for ever', 'region=GB for 4', 'everything for 4h', 'until region=GB'],
    ...['edit s-1', 'edit s-1 until resolved'],
  ])('or not at all: %s', (text) => {
    expect(parseSilence(text).kind).toBe('unclear');
  });

  it('and never goes wrong', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'a= "for4hd,until resolved edit because\n`') }),
        (text) => {
          expect(['make', 'list', 'edit', 'end', 'unclear']).toContain(parseSilence(text).kind);
        },
      ),
    );
  });
});

const made: Silence = {
  silenceId: 's-1',
  origin: 'person',
  match: { region: ['GB <!here>'] },
  author: 'ann',
  reason: 'strike',
  startsAt: NOON,
  endsAt: NOON + 4 * HOUR,
  untilResolved: false,
  recurrence: null,
  state: 'active',
  nextAt: NOON + 4 * HOUR,
  activeSince: NOON,
  matched: false,
  reportedIdle: false,
  createdAt: NOON,
  version: 1,
};

describe('/redress silence', () => {
  const commands: SilenceCommand[] = [];
  const service = new FakeService();
  service.silences = {
    ...service.silences,
    list: () => [made],
    act: async (command) => {
      commands.push(command);
      const ended = { ...made, state: 'ended', nextAt: null } as const;
      return { outcome: 'done', entries: [], silence: command.kind === 'end' ? ended : made };
    },
  };
  const typed = async (text: string) => {
    const inbox = slackInbox(service, new SimulatedClock(NOON), pino({ level: 'silent' }));
    const payload = { command: '/redress', text, user_id: 'U0ANN', user_name: 'ann', channel_id: 'C0ONE' };
    return JSON.stringify(await inbox.take('command', payload));
  };

  it('makes one, lists them and ends one, with text that mentions nobody', async () => {
    expect(await typed('silence region=GB for 4h because strike')).toContain('Nobody is told now');
    expect(commands).toEqual([
      { kind: 'make', actor: 'ann', match: { region: ['GB'] }, reason: 'strike', endsAt: NOON + 4 * HOUR },
    ]);
    expect(await typed('silence edit s-1 for 1d because it lasts')).toContain('Changed: ');
    expect(commands.at(-1)).toEqual({
      ...{ kind: 'edit', silenceId: 's-1', actor: 'ann', reason: 'it lasts', endsAt: NOON + DAY },
    });
    expect(await typed('silence')).toContain('region GB &lt;!here&gt;');
    const over = await typed('silence end `s-1`');
    expect(over).toContain('The silence is over: *region GB &lt;!here&gt;*, by ann');
    expect(commands.at(-1)).toEqual({ kind: 'end', silenceId: 's-1', actor: 'ann' });
  });

  it('is not for somebody who may not act', async () => {
    service.slack.mayAct = async () => 'no';
    const before = commands.length;
    expect(await typed('silence region=GB for 4h')).toContain('lets only some people');
    expect(commands).toHaveLength(before);
  });
});
