import { describe, expect, test } from 'vitest';
import { blamesOf, sameCause } from '../../src/alerts/same-cause.js';
import type { Alert } from '../../src/model/alert.js';
import { type NamedCause, naming } from './analyses.js';
import { DAY, T0 } from './fixtures.js';

const GB = { region: 'GB' };
const TOYS = { category: 'toys' };

/** An alert and what its analysis names. */
function blaming(alert: Partial<Alert>, ...causes: NamedCause[]) {
  const { metric = 'dispute_rate', slice = 'all', direction = 'up', startedAt = T0 } = alert;
  return { metric, direction, startedAt, blames: blamesOf({ slice, direction }, naming(...causes)) };
}

const refunds = (slice: string, ...causes: NamedCause[]) =>
  blaming({ metric: 'refund_rate', slice }, ...causes);

describe('two alerts have the same cause', () => {
  test.each([
    ['when both name it', blaming({}, { slice: GB }), refunds('all', { slice: GB }), 'region=GB'],
    [
      'when each finds in its own slice what makes up the same',
      blaming({ slice: 'region=GB' }, { slice: TOYS }),
      refunds('category=toys', { slice: GB }),
      'category=toys,region=GB',
    ],
    [
      'when it is the same in two places',
      blaming({ slice: 'region=GB' }, { slice: { channel: 'app' } }),
      blaming({ slice: 'region=DE' }, { slice: { channel: 'app' } }),
      'channel=app',
    ],
    [
      'when one finds where the other is as a whole',
      blaming({}, { slice: GB }),
      refunds('region=GB', { slice: {} }),
      'region=GB',
    ],
    [
      'when several together are the better part of both',
      blaming({}, { slice: GB, share: 0.4 }, { slice: TOYS, share: 0.3 }),
      refunds('all', { slice: TOYS, share: 0.45 }, { slice: GB, share: 0.45 }),
      'region=GB',
    ],
  ])('%s', (_, one, other, cause) => {
    expect(sameCause(one, other, 7 * DAY)).toBe(cause);
    expect(sameCause(other, one, 7 * DAY)).not.toBeNull();
  });

  test.each([
    ['when it is everywhere', blaming({}, { slice: {} }), refunds('all', { slice: {} })],
    [
      'when they only are in the same place',
      blaming({ slice: 'region=GB' }, { slice: {} }),
      refunds('region=GB', { slice: {} }),
    ],
    ['when nothing was found', blaming({}), refunds('all')],
    [
      'when it is a small part of one of them',
      blaming({}, { slice: GB, share: 0.3 }, { slice: TOYS, share: 0.6 }),
      refunds('all', { slice: GB }),
    ],
    [
      'when it is as likely as not a mistake',
      blaming({}, { slice: GB, confidence: 0.4 }),
      refunds('all', { slice: GB }),
    ],
    ['when it pushes the other way', blaming({}, { slice: GB, excess: -10 }), refunds('all', { slice: GB })],
    [
      'when nobody knows how much of it is from there',
      blaming({}, { slice: GB, share: null }),
      refunds('all', { slice: GB }),
    ],
    [
      'when one began more than a week after the other',
      blaming({ startedAt: T0 + 8 * DAY }, { slice: GB }),
      refunds('all', { slice: GB }),
    ],
    [
      'when a metric rises for one and falls for the other',
      blaming({}, { slice: GB }),
      blaming({ direction: 'down', slice: 'category=toys' }, { slice: GB, excess: -10 }),
    ],
    [
      'when the one is a part of the other',
      blaming({}, { slice: GB }),
      refunds('all', { slice: { ...GB, ...TOYS } }),
    ],
  ])('not %s', (_, one, other) => {
    expect(sameCause(one, other, 7 * DAY)).toBeNull();
    expect(sameCause(other, one, 7 * DAY)).toBeNull();
  });
});
