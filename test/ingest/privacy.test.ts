import { expect, it } from 'vitest';
import { BatchBuilder } from '../../src/ingest/batch.js';
import { inputLimits } from '../../src/ingest/privacy.js';
import type { PrivacySettings } from '../../src/model/privacy.js';
import type { Origin } from '../../src/store/event-rows.js';
import { unpacked } from '../support/packed-events.js';

const NOW = Date.UTC(2026, 0, 5);
const ORIGIN: Origin = { source: 'kafka', place: 'events/0/', receivedAt: NOW, versionAt: NOW, turn: 0 };
const KEEP: PrivacySettings = {
  text: 'keep',
  attributes: {},
  otherAttributes: 'keep',
  hashKey: 'k'.repeat(16),
};
const EVENT = {
  event_id: '1',
  type: 'dispute.opened',
  occurred_at: '2026-01-05T00:00:00Z',
  text: 'write to ann@example.com',
  attributes: { buyer: 'ann', email: 'ann@example.com', carrier: 'post', empty: '' },
};

/** What is written of an event. */
function written(settings: Partial<PrivacySettings>, event: object = EVENT) {
  const limits = inputLimits({ ingest: { maxEventBytes: 10_000 }, privacy: { ...KEEP, ...settings } });
  const builder = new BatchBuilder('kafka', limits);
  expect(builder.addBytes(Buffer.from(JSON.stringify(event)), ORIGIN, 1)).toBe(true);
  const [row] = unpacked(Buffer.concat(builder.take().accepted.rows));
  return { text: row?.event.text, attributes: row?.event.attributes };
}

it('stores everything as it came when nothing is asked', () => {
  expect(written({})).toEqual({ text: EVENT.text, attributes: EVENT.attributes });
});

it('masks, drops and hashes before anything is stored', () => {
  const asked = { text: 'mask', attributes: { buyer: 'hash', email: 'drop' } } as const;
  const { text, attributes } = written(asked);
  expect(text).toBe('write to [email]');
  expect(attributes).toEqual({ buyer: expect.stringMatching(/^[0-9a-f]{32}$/), carrier: 'post', empty: '' });
});

it('gives one person one pseudonym, and another key another', () => {
  const asked = { attributes: { buyer: 'hash' } } as const;
  const buyer = (settings: object) => written({ ...asked, ...settings }).attributes?.buyer;
  expect(buyer({})).toBe(buyer({ text: 'drop' }));
  expect(buyer({})).not.toBe(buyer({ hashKey: 'l'.repeat(16) }));
});

it('treats attributes that are not named by the rule for the others', () => {
  expect(written({ otherAttributes: 'drop', attributes: { carrier: 'keep' } }).attributes).toEqual({
    carrier: 'post',
    empty: '',
  });
});
