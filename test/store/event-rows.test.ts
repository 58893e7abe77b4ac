import { beforeAll, describe, expect, it } from 'vitest';
import type { ArrivedEvent } from '../../src/model/event.js';
import { EventLog } from '../../src/store/event-log.js';
import type { Store } from '../../src/store/store.js';
import { arrived } from '../support/event.js';
import { testDatabase } from '../support/store.js';

const AT = Date.UTC(2026, 4, 1, 12, 30, 15, 678);

const STORED = `
  SELECT event_id, type, toUnixTimestamp64Milli(occurred_at) AS occurred_at, merchant_id, region, scenario,
    toString(amount) AS amount, currency, toUnixTimestamp64Milli(origin_at) AS origin_at,
    toUnixTimestamp64Milli(due_at) AS due_at, text, attributes, toUnixTimestamp64Milli(received_at) AS received_at,
    position, toString(version) AS version
  FROM events_log FINAL WHERE event_id = {id:String}`;

let store: Store;
let log: EventLog;
beforeAll(async () => {
  ({ store } = await testDatabase());
  log = new EventLog(store);
});

async function stored(id: string): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  for await (const rows of store.rows<Record<string, unknown>>(STORED, { id })) found.push(...rows);
  return found;
}

const write = (...accepted: ArrivedEvent[]) => log.write({ accepted, rejected: [] });
const order = { type: 'order.placed', occurredAt: AT };

describe('an event in the store', () => {
  it('is what was written, in every field that it has', async () => {
    const event = arrived(
      {
        ...order,
        eventId: 'whole',
        merchantId: 'm1',
        region: 'GB',
        scenario: 'damaged',
        amount: '-12345678901234.123456789012345678',
        currency: 'GBP',
        originAt: Date.UTC(2000, 0, 1),
        dueAt: Date.UTC(2100, 0, 1) - 1,
        attributes: { plan: 'gold', größe: 'ü' },
      },
      (BigInt(AT) << 64n) | 7n,
    );
    await write(event);
    expect(await stored('whole')).toEqual([
      {
        event_id: 'whole',
        type: 'order.placed',
        occurred_at: AT,
        merchant_id: 'm1',
        region: 'GB',
        scenario: 'damaged',
        amount: '-12345678901234.123456789012345678',
        currency: 'GBP',
        origin_at: Date.UTC(2000, 0, 1),
        due_at: Date.UTC(2100, 0, 1) - 1,
        text: '',
        attributes: { plan: 'gold', größe: 'ü' },
        received_at: AT,
        position: 'test:whole',
        version: ((BigInt(AT) << 64n) | 7n).toString(),
      },
    ]);
  });

  it.each(['0', '7', '-0.5', '19.90', '99999999999999.999999999999999999'])(
    'has the amount %s exactly',
    async (amount) => {
      await write(arrived({ ...order, eventId: `amount ${amount}`, amount }));
      const [row] = await stored(`amount ${amount}`);
      expect(Number(row?.amount)).toBe(Number(amount));
      expect(row?.amount).toBe(amount.replace(/(\.\d*?)0+$/, '$1'));
    },
  );

  it('has its text to the last character, however long and in whatever script', async () => {
    const lengths = [1, 63, 64, 127, 128, 129, 10_000];
    const texts = lengths.flatMap((length) => ['x', 'é', '語'].map((letter) => letter.repeat(length)));
    texts.push('😀 line\nbreak\ttab "quote" \\', `${'x'.repeat(62)}é`);
    await write(...texts.map((text, index) => arrived({ ...order, eventId: `text ${index}`, text })));
    for (const [index, text] of texts.entries()) expect((await stored(`text ${index}`))[0]?.text).toBe(text);
  });

  it('is there once when one batch has it twice, with the later content', async () => {
    const content = (region: string, version: bigint) =>
      arrived({ ...order, eventId: 'twice', region }, version);
    await write(content('GB', 2n), content('DE', 3n), content('FR', 1n));
    expect(await stored('twice')).toMatchObject([{ region: 'DE', version: '3' }]);
    const placed = (await log.span()).find(({ type }) => type === 'order.placed');
    await write(content('DE', 3n));
    expect((await log.span()).find(({ type }) => type === 'order.placed')).toEqual(placed);
  });
});
