import { expect, it } from 'vitest';
import { orphansOf, orphanText } from '../../src/alerts/orphans.js';
import { disputeRate } from '../flow/timeline.js';

const alert = (alertId: string, metric: string, slice: string, more = {}) => ({
  alertId,
  kind: 'metric' as const,
  metric,
  slice,
  state: 'firing' as const,
  ...more,
});

it('finds the open alerts whose series a configuration no longer has', () => {
  const metrics = [{ ...disputeRate(), slices: [[], ['region', 'category']] }];
  const { id } = disputeRate();
  const orphans = orphansOf(
    [
      alert('whole', id, 'all'),
      alert('pair', id, 'category=toys,region=GB'),
      alert('half', id, 'region=GB'),
      alert('gone', 'no_such_metric', 'all'),
      alert('over', 'no_such_metric', 'all', { state: 'resolved' }),
      alert('data', 'kafka', 'all', { kind: 'data_health' }),
    ],
    metrics,
  );
  expect(orphans.map(orphanText)).toEqual([
    'alert gone is open and would not end by itself: there is no metric no_such_metric any more',
    `alert half is open and would not end by itself: ${id} is not cut as in region=GB any more`,
  ]);
});
