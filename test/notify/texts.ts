import fc from 'fast-check';
import { expect } from 'vitest';
import type { Alert, AlertState } from '../../src/model/alert.js';
import type { FollowUp, FollowUpState } from '../../src/model/follow-up.js';
import type { Block } from '../../src/notify/slack-blocks.js';
import { makeAlert, makeFollowUp, NOON } from './fixtures.js';

/** What merchants call their categories, and what people write. */
export const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom('<', '>', '&', '\ud800', '😀', '\n', '`', '*', '|', ' '),
    maxLength: 60,
  }),
  fc.constantFrom(
    '',
    ' ',
    '<!channel>',
    '<@U0ANN>',
    '&'.repeat(3_001),
    '<'.repeat(9_999),
    '😀'.repeat(2_000),
  ),
);
export const anyInstant = fc.integer({ min: NOON - 1e11, max: NOON + 1e11 });

export const anyAlert: fc.Arbitrary<Alert> = fc
  .record({
    texts: fc.array(anyText, { minLength: 6, maxLength: 6 }),
    id: fc.uuid(),
    state: fc.constantFrom<AlertState>('firing', 'acknowledged', 'resolved'),
    kind: fc.constantFrom<'metric' | 'data_health'>('metric', 'data_health'),
    startedAt: anyInstant,
    muted: fc.boolean(),
  })
  .map(({ texts: [title = '', slice = '', metric = '', owner = '', by = '', runbook = ''], ...rest }) =>
    makeAlert({
      ...{ title, slice, metric, owner, runbook, acknowledgedBy: by, fingerprint: rest.id },
      ...{ alertId: rest.id, state: rest.state, kind: rest.kind, startedAt: rest.startedAt },
      resolvedAt: rest.state === 'resolved' ? rest.startedAt : null,
      silence: rest.muted ? { silenceId: by, until: rest.startedAt, author: by, reason: title } : null,
    }),
  );

export const anyFollowUp: fc.Arbitrary<FollowUp> = fc
  .record({
    texts: fc.array(anyText, { minLength: 5, maxLength: 5 }),
    id: fc.uuid(),
    state: fc.constantFrom<FollowUpState>('open', 'in_progress', 'verifying', 'verified', 'wont_do'),
    dueAt: anyInstant,
  })
  .map(({ texts: [title = '', owner = '', note = '', slice = '', metric = ''], id, state, dueAt }) =>
    makeFollowUp({ followUpId: id, title, owner, note, slice, metric, state, dueAt, fingerprint: id }),
  );

/** Every text of the blocks in which Slack would take markup for its own. */
function shownTexts(blocks: readonly Block[]): string[] {
  const found: string[] = [];
  const visit = (json: unknown): void => {
    if (Array.isArray(json)) for (const item of json) visit(item);
    else if (typeof json === 'object' && json !== null) {
      const { type } = json as { type?: unknown };
      for (const [key, value] of Object.entries(json)) {
        if (key === 'text' && typeof value === 'string' && (type === 'mrkdwn' || type === 'plain_text'))
          found.push(value);
        else visit(value);
      }
    }
  };
  visit(blocks);
  return found;
}

const OURS = /<(?:https?:\/\/[^<>|]+\|[^<>|]*|!date\^[^<>]*|@U0OWNER)>/g;

export function expectHarmless(blocks: readonly Block[]): void {
  for (const text of shownTexts(blocks))
    expect(text.replace(OURS, '').replace(/&(amp|lt|gt);/g, '')).not.toMatch(/[<>&]/);
}
