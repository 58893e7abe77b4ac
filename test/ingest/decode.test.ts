import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrivalVersion, decodeEvent, KEPT_BYTES } from '../../src/ingest/decode.js';
import type { Arrival, MarketplaceEvent } from '../../src/model/event.js';
import { EVENT_FIELDS, EventSchema, eventJsonSchema, parseInstant } from '../../src/model/event-schema.js';

const NOW = Date.UTC(2026, 4, 1, 12);
const LIMITS = { maxEventBytes: 1_000_000 };
const arrival = (receivedAt = NOW): Arrival => ({
  source: 'file',
  position: 'events.ndjson:1',
  receivedAt,
  version: arrivalVersion(receivedAt, 1),
});
const GOOD = { event_id: 'e1', type: 'order.placed', occurred_at: '2026-05-01T12:00:00Z' };

function accept(event: object): MarketplaceEvent {
  const decoded = decodeEvent(JSON.stringify(event), arrival(), LIMITS);
  expect(decoded.rejected).toBeUndefined();
  return decoded.accepted?.event as MarketplaceEvent;
}

function refuse(raw: string | Buffer): { reason: string; field: string; detail: string; raw: string } {
  const { rejected } = decodeEvent(raw, arrival(), LIMITS);
  if (rejected === undefined) throw new Error(`accepted: ${raw.toString()}`);
  return rejected;
}

describe('an event that is accepted', () => {
  it('has every field of the wire', () => {
    const wire = {
      ...GOOD,
      order_id: 'o1',
      case_id: 'c1',
      merchant_id: 'm1',
      region: 'GB',
      category: 'toys',
      scenario: 'damaged',
      channel: 'app',
      amount: '12.3400',
      currency: 'GBP',
      origin_at: '2026-04-01T00:00:00+01:00',
      started_at: NOW,
      due_at: '2026-05-03T12:00:00.5Z',
      outcome: 'buyer_won',
      text: 'Broken.\nTwice. 碎了 💔',
      attributes: { campaign: 'spring' },
    };
    expect(accept(wire)).toEqual({
      eventId: 'e1',
      type: 'order.placed',
      occurredAt: NOW,
      orderId: 'o1',
      caseId: 'c1',
      merchantId: 'm1',
      region: 'GB',
      category: 'toys',
      scenario: 'damaged',
      channel: 'app',
      amount: '12.3400',
      currency: 'GBP',
      originAt: Date.UTC(2026, 2, 31, 23),
      startedAt: NOW,
      dueAt: Date.UTC(2026, 4, 3, 12, 0, 0, 500),
      outcome: 'buyer_won',
      text: 'Broken.\nTwice. 碎了 💔',
      attributes: { campaign: 'spring' },
    });
    expect(Object.keys(wire).sort()).toEqual(
      Object.values(EVENT_FIELDS)
        .map((field) => field.name)
        .sort(),
    );
  });

  it('may lack, null or leave empty whatever is not required', () => {
    const optional = Object.values(EVENT_FIELDS).filter((field) => !field.required);
    const bare = accept(GOOD);
    for (const nothing of [null, ''])
      expect(
        accept({ ...GOOD, ...Object.fromEntries(optional.map((field) => [field.name, nothing])) }),
      ).toEqual(bare);
    expect(bare).toMatchObject({ region: '', amount: null, originAt: null, attributes: {} });
  });

  it.each([
    [5, '5'],
    [-0.01, '-0.01'],
    [1e-7, '0.0000001'],
    [99_999_999_999_999, '99999999999999'],
    ['0.000000000000000001', '0.000000000000000001'],
  ])('has the amount %s as %s', (sent, kept) => {
    expect(accept({ ...GOOD, amount: sent }).amount).toBe(kept);
  });
});

describe('an input that is rejected is kept with a reason that names the field', () => {
  it.each([
    ['{"event_id": "e1",', 'malformed_json', '', /JSON/],
    ['', 'malformed_json', '', /JSON/],
    ['[1, 2]', 'not_an_object', '', /an array/],
    ['null', 'not_an_object', '', /null/],
    ['"text"', 'not_an_object', '', /a string/],
  ])('%s', (raw, reason, field, detail) => {
    expect(refuse(raw)).toMatchObject({ raw, reason, field, detail: expect.stringMatching(detail) });
  });

  it.each<[object, string, string, RegExp]>([
    [{ event_id: undefined }, 'missing_field', 'event_id', /every event has it/],
    [{ event_id: '' }, 'missing_field', 'event_id', /./],
    [{ type: null }, 'missing_field', 'type', /./],
    [{ event_id: 'x'.repeat(129) }, 'invalid_value', 'event_id', /129 characters, at most 128/],
    [{ event_id: 'a\u0000b' }, 'invalid_value', 'event_id', /a\\u0000b.*control character/],
    [{ event_id: 'a\ud800' }, 'invalid_value', 'event_id', /half a character/],
    [{ event_id: 7 }, 'wrong_type', 'event_id', /must be a string, this is a number/],
    [{ type: 'placed' }, 'invalid_value', 'type', /noun\.verb/],
    [{ type: 'Order.Placed' }, 'invalid_value', 'type', /small letters/],
    [{ region: ['GB'] }, 'wrong_type', 'region', /an array/],
    [{ region: 'x'.repeat(257) }, 'invalid_value', 'region', /at most 256/],
    [{ text: 'x'.repeat(10_001) }, 'invalid_value', 'text', /at most 10000/],
    [{ text: '\udc00' }, 'invalid_value', 'text', /half a character/],
    [{ amount: '12,50' }, 'invalid_value', 'amount', /'12,50' is not an amount/],
    [{ amount: 'NaN' }, 'invalid_value', 'amount', /./],
    [{ amount: 1e14 }, 'invalid_value', 'amount', /at most 14 digits/],
    [{ amount: true }, 'wrong_type', 'amount', /a boolean/],
    [{ currency: 'gbp' }, 'invalid_value', 'currency', /three capital letters/],
    [{ attributes: 'a=b' }, 'wrong_type', 'attributes', /an object whose values are strings/],
    [{ attributes: { size: 7 } }, 'wrong_type', 'attributes.size', /put numbers in quotes/],
    [{ attributes: { 'a b': 'c' } }, 'invalid_value', 'attributes.a b', /begins with a letter/],
    [{ attributes: JSON.parse('{"__proto__": "x"}') }, 'invalid_value', 'attributes.__proto__', /letter/],
    [
      { attributes: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`k${i}`, ''])) },
      'invalid_value',
      'attributes',
      /65 keys/,
    ],
    [{ regoin: 'GB' }, 'unknown_field', 'regoin', /goes into attributes/],
    [{ region: 1, regoin: 1 }, 'wrong_type', 'region', /./],
  ])('%o', (change, reason, field, detail) => {
    const raw = JSON.stringify({ ...GOOD, ...change });
    expect(refuse(raw)).toMatchObject({ raw, reason, field, detail: expect.stringMatching(detail) });
  });

  it.each([
    ['2026-05-01T12:00:00', /has no offset: end it with Z/],
    ['2026-05-01', /has no offset/],
    ['2026-02-30T12:00:00Z', /neither ISO 8601/],
    ['2026-05-01T24:00:00Z', /neither/],
    ['1 May 2026', /neither/],
    ['1999-12-31T23:59:59Z', /before the year 2000/],
    ['0001-01-01T00:00:00Z', /before the year 2000/],
    ['9999-12-31T00:00:00Z', /after the year 2099/],
    [-1, /before the year 2000/],
    [NOW / 1_000, /looks like seconds/],
    [NOW + 0.5, /whole number of milliseconds/],
    [1e300, /after the year 2099/],
  ])('a date of %s', (date, detail) => {
    for (const field of ['occurred_at', 'due_at'])
      expect(refuse(JSON.stringify({ ...GOOD, [field]: date }))).toMatchObject({
        reason: 'invalid_date',
        field,
        detail: expect.stringMatching(detail),
      });
  });

  it('an event from more than a day ahead, while a due date may lie ahead', () => {
    const tomorrow = '2026-05-02T12:00:00.000Z';
    expect(accept({ ...GOOD, occurred_at: tomorrow, due_at: '2026-12-01T00:00:00Z' }).occurredAt).toBe(
      NOW + 86_400_000,
    );
    expect(refuse(JSON.stringify({ ...GOOD, occurred_at: '2026-05-02T12:00:00.001Z' }))).toMatchObject({
      reason: 'invalid_date',
      field: 'occurred_at',
      detail: expect.stringMatching(/more than a day after it arrived/),
    });
  });

  it('bytes that are not UTF-8, so that the bytes can be had back', () => {
    const bytes = Buffer.concat([
      Buffer.from('{"event_id":"'),
      Buffer.from([0xc3, 0x28, 0xff]),
      Buffer.from('"}'),
    ]);
    const rejected = refuse(bytes);
    expect(rejected.reason).toBe('invalid_utf8');
    expect(Buffer.from(rejected.raw, 'latin1')).toEqual(bytes);
  });

  it('an input that is too large, with its beginning and its size', () => {
    for (const raw of ['x'.repeat(10_000_000), Buffer.alloc(10_000_000, 'x')])
      expect(refuse(raw)).toMatchObject({
        reason: 'too_large',
        raw: 'x'.repeat(KEPT_BYTES),
        detail: '10000000 bytes, at most 1000000 are taken; the first 4096 are kept',
      });
  });
});

describe('dates', () => {
  it('are read as Date does, with any offset', () => {
    const inCentury = fc.date({ min: new Date(0), max: new Date(Date.UTC(2100, 0, 1)), noInvalidDate: true });
    fc.assert(
      fc.property(inCentury, fc.integer({ min: -18 * 60, max: 18 * 60 }), (date, offset) => {
        const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1);
        const size = Math.abs(offset);
        const [hours, minutes] = [Math.floor(size / 60), size % 60].map((part) =>
          String(part).padStart(2, '0'),
        );
        expect(parseInstant(`${local}${offset < 0 ? '-' : '+'}${hours}:${minutes}`)).toBe(date.getTime());
      }),
    );
  });

  it.each([
    ['2026-05-01 12:00Z', '2026-05-01T12:00:00.000Z'],
    ['2026-05-01T12:00:00,25-0330', '2026-05-01T15:30:00.250Z'],
    ['2026-05-01T12:00:00.123456789+02', '2026-05-01T10:00:00.123Z'],
    ['2024-02-29T00:00:00z', '2024-02-29T00:00:00.000Z'],
    ['1777636800000', '2026-05-01T12:00:00.000Z'],
  ])('may be written %s', (text, iso) => {
    expect(new Date(parseInstant(text) ?? Number.NaN).toISOString()).toBe(iso);
  });
});

it('orders versions by instant, then by sequence', () => {
  expect(arrivalVersion(2, 0)).toBeGreaterThan(arrivalVersion(1, 2n ** 64n - 1n));
  expect(arrivalVersion(1, 2)).toBeGreaterThan(arrivalVersion(1, 1));
});

describe('the published schema', () => {
  const strange = fc.oneof(
    fc.constantFrom(
      null,
      '',
      0,
      -1,
      7.5,
      true,
      [],
      {},
      '5',
      '-1.25',
      '1e5',
      'GBP',
      'order.placed',
      'x'.repeat(300),
    ),
    fc.constantFrom(NOW, NOW / 1_000, '2026-05-01T12:00:00Z', '2026-05-01T12:00:00', '2026-02-30T12:00:00Z'),
    fc.constantFrom('a\u0000', '\ud800', 'é', 'a\nb', 1e14, -1e14, 99_999_999_999_999.5),
    fc.string({ unit: 'binary' }),
    fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer()), { noNullPrototype: true }),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.string({ maxLength: 5 }), { noNullPrototype: true }),
    fc.jsonValue({ maxDepth: 1 }),
  );
  const names = Object.values(EVENT_FIELDS).map((field) => field.name);
  const changes = fc.dictionary(
    fc.oneof({ weight: 20, arbitrary: fc.constantFrom(...names) }, fc.string()),
    strange,
    {
      maxKeys: 3,
      noNullPrototype: true,
    },
  );

  it('accepts what the decoder accepts, and nothing else', () => {
    // As late as can be believed, because only the decoder knows when an event arrived.
    const late = arrival(Date.UTC(2099, 11, 31));
    const seen = { accepted: 0, rejected: 0 };
    fc.assert(
      fc.property(changes, (change) => {
        const value: unknown = JSON.parse(JSON.stringify({ ...GOOD, ...change }));
        const accepted = decodeEvent(JSON.stringify(value), late, LIMITS).accepted !== undefined;
        seen[accepted ? 'accepted' : 'rejected'] += 1;
        expect(EventSchema.safeParse(value).success).toBe(accepted);
      }),
      { numRuns: 3_000 },
    );
    expect(Math.min(seen.accepted, seen.rejected)).toBeGreaterThan(300);
  });

  it('is a JSON Schema that names every field', () => {
    expect(eventJsonSchema()).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      required: ['event_id', 'type', 'occurred_at'],
      additionalProperties: false,
      properties: Object.fromEntries(
        Object.values(EVENT_FIELDS).map(({ name, description }) => [
          name,
          expect.objectContaining({ description }),
        ]),
      ),
    });
  });
});
