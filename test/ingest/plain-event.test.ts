import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchBuilder } from '../../src/ingest/batch.js';
import { decodeEvent } from '../../src/ingest/decode.js';
import { arrivalOf } from '../../src/ingest/origin.js';
import { PlainEvent } from '../../src/ingest/plain-event.js';
import { DAY } from '../../src/model/clock.js';
import { EVENT_FIELDS } from '../../src/model/event-schema.js';
import { type Origin, packed } from '../../src/store/event-rows.js';
import { unpacked } from '../support/packed-events.js';

const NOW = Date.UTC(2026, 4, 1, 12);
const LIMITS = { maxEventBytes: 1_000_000 };
const ORIGIN: Origin = { source: 'kafka', place: 'events/3/', receivedAt: NOW, versionAt: NOW, turn: 0 };
const GOOD = { event_id: 'e1', type: 'order.placed', occurred_at: '2026-05-01T12:00:00Z' };

const isPlain = (raw: string | Buffer): boolean => {
  const bytes = Buffer.from(raw);
  return new PlainEvent().read(bytes, 0, bytes.length, NOW + DAY);
};

/** What one input becomes on the quick way; on the slow one. */
function both(raw: Buffer, sequence: number, origin = ORIGIN) {
  const builder = new BatchBuilder('kafka', LIMITS);
  builder.addBytes(raw, origin, sequence);
  const { accepted, rejected } = builder.take();
  const slowly = decodeEvent(raw, arrivalOf(origin, sequence), LIMITS);
  return [
    { accepted: unpacked(Buffer.concat(accepted.rows)), latest: accepted.latest, rejected },
    slowly.accepted === undefined
      ? { accepted: [], latest: null, rejected: [slowly.rejected] }
      : {
          accepted: unpacked(Buffer.concat(packed([slowly.accepted]).rows)),
          latest: slowly.accepted.event.occurredAt,
          rejected: [],
        },
  ];
}

const sometimes = <T>(usual: fc.Arbitrary<T>, ...others: fc.Arbitrary<unknown>[]) =>
  fc.oneof({ weight: 8, arbitrary: usual as fc.Arbitrary<unknown> }, ...others);
const odd = fc.oneof(
  fc.constantFrom(null, '', true, 0, -1, 7.5, {}, [], '\n', '\u0000', '\u007f', '\u0085', '\u00a0é', '💔'),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
);
const label = sometimes(
  fc.string({ maxLength: 20 }),
  odd,
  fc.integer({ min: 120, max: 300 }).map((length) => 'é'.repeat(length)),
);
const two = (most: number) => fc.integer({ min: 0, max: most }).map((n) => String(n).padStart(2, '0'));
const date = fc
  .tuple(
    fc.constantFrom('1999', '2000', '2024', '2026', '2026', '2099', '2100', '20x6'),
    two(13),
    two(32),
    two(24),
    two(60),
    two(60),
    fc.constantFrom('', '', '.5', '.123', '.123456789', '.1234567890', '.', ',5'),
    fc.constantFrom('Z', 'Z', 'Z', '+01:00', '-18:59', '+19:00', '+0100', '', 'z'),
  )
  .map(
    ([year, month, day, hour, minute, second, fraction, offset]) =>
      `${year}-${month}-${day}T${hour}:${minute}:${second}${fraction}${offset}`,
  );
const instant = sometimes(
  date,
  fc.date({ min: new Date(0), max: new Date(NOW), noInvalidDate: true }).map((it) => it.toISOString()),
  fc.integer({ min: Date.UTC(1999, 0, 1), max: Date.UTC(2101, 0, 1) }),
  fc.integer({ min: NOW + DAY - 2, max: NOW + DAY + 2 }),
  fc.constantFrom('1777636800000', 1_777_636_800_000.5, 1e12),
  odd,
);
const amount = sometimes(
  fc
    .tuple(
      fc.constantFrom('', '-', '+'),
      fc.stringMatching(/^\d{0,15}$/),
      fc.constantFrom('', '', '.'),
      fc.stringMatching(/^\d{0,19}$/),
    )
    .map((parts) => parts.join('')),
  fc.double({ min: -2e14, max: 2e14, noNaN: true }),
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((cents) => cents / 100),
  fc.constantFrom(-0, 1e-7, 1.5e-7, 0.000001, 99_999_999_999_999, 1e14),
  odd,
);
const attributes = sometimes(
  fc.dictionary(sometimes(fc.stringMatching(/^[a-zA-Z][\w.-]{0,5}$/), odd).map(String), label, {
    maxKeys: 5,
  }),
  odd,
);
const VALUES: Record<string, fc.Arbitrary<unknown>> = {
  id: label,
  label,
  text: label,
  type: sometimes(
    fc.stringMatching(/^[a-z][a-z_]{0,4}\.[a-z][a-z_]{0,4}$/),
    odd,
    fc.constantFrom('a.b.c', '_a.b', 'a._b'),
  ),
  currency: sometimes(fc.constantFrom('GBP', 'EUR'), odd, fc.constantFrom('gbp', 'EURO')),
  instant,
  amount,
  attributes,
};
const FIELDS = Object.values(EVENT_FIELDS);
const event = fc
  .record(Object.fromEntries(FIELDS.map(({ name, kind }) => [name, VALUES[kind] as fc.Arbitrary<unknown>])), {
    requiredKeys: [],
  })
  .map((fields) => ({ ...GOOD, ...fields }));

/** An event as its producer may have written it: any order, spaces, fields twice, none of ours, or broken. */
const written = fc
  .tuple(
    fc.oneof(event, { weight: 3, arbitrary: event.map((all) => ({ ...GOOD, ...one(all) })) }),
    fc.boolean(),
    fc.constantFrom('', '', '', 'unknown', 'twice', 'cut', 'behind', 'broken', 'spaced', 'number'),
    fc.nat(),
  )
  .map(([fields, reversed, mischief, chance]) => {
    const entries = Object.entries(fields);
    const text = JSON.stringify(Object.fromEntries(reversed ? entries.reverse() : entries));
    const bytes = Buffer.from(mischief === 'spaced' ? JSON.stringify(fields, null, '\t') : text);
    const at = chance % bytes.length;
    if (mischief === 'unknown') return Buffer.from(text.replace('{', '{"colour":"red",'));
    if (mischief === 'twice') return Buffer.from(text.replace('{', '{"region":"GB","region":"DE",'));
    if (mischief === 'cut') return bytes.subarray(0, at);
    if (mischief === 'behind') return Buffer.concat([bytes, Buffer.from(chance % 2 === 0 ? ' \r' : '}')]);
    if (mischief === 'number') return Buffer.from(text.replace('{', '{"amount":0012.50,'));
    if (mischief === 'broken') bytes[at] = chance % 256;
    return bytes;
  });

/** One field of many, so that one oddity is not always hidden behind another. */
function one(all: Record<string, unknown>): Record<string, unknown> {
  const [first] = Object.entries(all).filter(([name]) => !(name in GOOD));
  return first === undefined ? {} : Object.fromEntries([first]);
}

describe('the quick way from bytes to rows', () => {
  it('gives what the decoder gives, whatever comes', () => {
    const seen = { plain: 0, accepted: 0, rejected: 0 };
    fc.assert(
      fc.property(written, fc.nat({ max: Number.MAX_SAFE_INTEGER }), (raw, sequence) => {
        const [quickly, slowly] = both(raw, sequence);
        expect(quickly).toEqual(slowly);
        if (isPlain(raw)) seen.plain += 1;
        seen[slowly?.accepted.length === 1 ? 'accepted' : 'rejected'] += 1;
      }),
      { numRuns: 2_000 },
    );
    // Neither is the comparison empty, nor does the quick way leave the most to the slow one.
    expect(seen.rejected).toBeGreaterThan(300);
    expect(seen.plain).toBeGreaterThan(300);
  });

  it('is taken by what producers send', () => {
    const whole = {
      ...GOOD,
      order_id: 'o-1',
      merchant_id: 'Bäckerei Ümit 北京',
      amount: '12.50',
      currency: 'EUR',
      origin_at: '2026-04-01T00:00:00.125+01:00',
      due_at: NOW,
      outcome: null,
      scenario: '',
      text: 'it never came 💔',
      attributes: { campaign: 'spring', 'a.b-c_1': '' },
    };
    expect(isPlain(JSON.stringify(whole))).toBe(true);
    expect(isPlain(JSON.stringify(whole, null, 2))).toBe(true);
    expect(isPlain(JSON.stringify({ ...GOOD, amount: -7.25 }))).toBe(true);
  });

  it('keeps the order of requests and of lines, as the slow way does', () => {
    const raw = Buffer.from(JSON.stringify(GOOD));
    for (const turn of [1, 2 ** 32 - 1])
      for (const sequence of [0, 7, 2 ** 32 + 3, Number.MAX_SAFE_INTEGER]) {
        const [quickly, slowly] = both(raw, sequence, { ...ORIGIN, turn });
        expect(quickly).toEqual(slowly);
      }
  });
});
