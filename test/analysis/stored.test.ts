import { beforeAll, describe, expect, test } from 'vitest';
import { explainRequest } from '../../src/explanation.js';
import { DAY, HOUR } from '../../src/model/clock.js';
import type { ArrivedEvent } from '../../src/model/event.js';
import type { MetricDefinition } from '../../src/model/metric.js';
import { EventLog } from '../../src/store/event-log.js';
import type { Store } from '../../src/store/store.js';
import { arrived } from '../support/event.js';
import { metric, selector } from '../support/metric.js';
import { seededRandom } from '../support/random.js';
import { testDatabase } from '../support/store.js';

const START = Date.UTC(2026, 2, 2);
const SPAN = { from: START + 2 * DAY, to: START + 3 * DAY };
const PER_DAY = 6_000;

let store: Store;
beforeAll(async () => {
  ({ store } = await testDatabase());
  await new EventLog(store).write({ accepted: marketplace(), rejected: [] });
}, 60_000);

/** Three days; on the last one, toys in Great Britain are disputed four times as often, for swollen batteries. */
function marketplace(): ArrivedEvent[] {
  const random = seededRandom(8);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  return Array.from({ length: 3 * PER_DAY }, (_, index) => {
    const occurredAt = START + Math.floor(index / PER_DAY) * DAY + Math.floor(random() * 23) * HOUR;
    const order = {
      region: pick(['GB', 'DE', 'FR']),
      category: pick(['toys', 'books', 'shoes', 'food']),
      channel: pick(['app', 'web']),
      occurredAt,
      amount: '20',
    };
    const isHit = occurredAt >= SPAN.from && order.region === 'GB' && order.category === 'toys';
    const delivered = arrived({ ...order, eventId: `o${index}`, type: 'order.delivered' });
    if (random() > (isHit ? 0.4 : 0.1)) return [delivered];
    const said = isHit
      ? 'the battery swells'
      : pick(['it never came', 'the size is wrong', 'please refund me']);
    return [
      delivered,
      arrived({
        ...order,
        eventId: `d${index}`,
        type: 'dispute.opened',
        scenario: pick(['not_received', 'damaged']),
        text: `${said}, write to buyer${index}@example.org`,
      }),
    ];
  }).flat();
}

const ask = (definition: Partial<MetricDefinition>, slice = {}) =>
  explainRequest(
    store,
    {
      metric: metric(definition),
      span: SPAN,
      against: { from: START, to: SPAN.from },
      slice,
      dimensions: null,
    },
    [],
  );

const causes = async (definition: Partial<MetricDefinition>, slice = {}) => {
  const outcome = await ask(definition, slice);
  if (outcome.status === 'refused') throw new Error(outcome.detail);
  return outcome.analysis.explanation.slices.filter(({ cause }) => cause).map((each) => each.slice);
};

describe('a metric is explained from the stored events', () => {
  test.each<[string, Partial<MetricDefinition>]>([
    ['a rate', {}],
    ['a count', { measure: { kind: 'count', of: selector('dispute.opened') } }],
    ['a sum', { measure: { kind: 'sum', of: selector('dispute.opened') } }],
  ])('%s', async (_kind, definition) => {
    expect(await causes(definition)).toEqual([{ region: 'GB', category: 'toys' }]);
  });

  test('within a slice', async () => {
    expect(await causes({}, { region: 'GB' })).toEqual([{ category: 'toys' }]);
    expect(await causes({}, { region: 'DE' })).toEqual([]);
  });

  test('with what people say, and without who they are', async () => {
    const outcome = await ask({});
    expect(outcome).toMatchObject({
      status: 'explained',
      analysis: { says: [{ term: 'battery swells', textsBefore: 0 }] },
    });
    expect(JSON.stringify(outcome)).not.toContain('@example.org');
  });

  test('leaves out a dimension that only the numerator has', async () => {
    const measure = {
      kind: 'ratio',
      numerator: selector('dispute.opened'),
      denominator: selector('order.delivered'),
    } as const;
    expect(await causes({ measure })).toEqual([{ region: 'GB', category: 'toys' }]);
  });

  test('or refused, with a reason', async () => {
    const of = selector('dispute.opened');
    expect(await ask({ measure: { kind: 'distinct', of, by: 'merchant_id' } })).toMatchObject({
      reason: 'not_countable',
    });
    const early = {
      metric: metric(),
      span: { from: START, to: START + DAY },
      slice: {},
      dimensions: null,
    } as const;
    expect(await explainRequest(store, { ...early, against: 'previous' }, [])).toMatchObject({
      reason: 'no_baseline',
    });
    expect(() => explainRequest(store, { ...early, against: early.span }, [])).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
  });
});
