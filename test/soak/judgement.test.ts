import { describe, expect, it } from 'vitest';
import { type Comparison, judge, type Measured } from './judgement.js';

const USUAL: Measured = { heap: 60, service: 300, engine: 700, ingest: 40, tick: 200, work: 900 };

/** Two hours; `change` says how a bucket differs from the usual one. */
const hours = (change: (bucket: number) => Partial<Measured> = () => ({})): Measured[] =>
  Array.from({ length: 24 }, (_, bucket) => ({ ...USUAL, ...change(bucket) }));

const broken = (buckets: Measured[]): Comparison['figure'][] =>
  judge(buckets)
    .filter(({ holds }) => !holds)
    .map(({ figure }) => figure);

describe('the judgement of a soak', () => {
  it('holds when nothing grows', () => {
    expect(broken(hours())).toEqual([]);
  });

  it.each([
    ['heap', 1],
    ['service', 5],
    ['engine', 20],
    ['ingest', 4],
    ['tick', 20],
    ['work', 30],
  ] as const)('sees %s grow by %d a bucket', (figure, by) => {
    expect(broken(hours((bucket) => ({ [figure]: USUAL[figure] + by * bucket })))).toEqual([figure]);
  });

  it('lets warm-up be', () => {
    expect(broken(hours((bucket) => ({ heap: bucket < 6 ? 20 : 60, tick: bucket < 6 ? 900 : 200 })))).toEqual(
      [],
    );
  });

  it('lets each hour become slower towards its end, as long as the next one begins as fast', () => {
    expect(broken(hours((bucket) => ({ tick: 100 + 50 * (bucket % 12) })))).toEqual([]);
  });

  it('is not decided by a few slow buckets', () => {
    expect(broken(hours((bucket) => (bucket > 21 ? { ingest: 900, tick: 4_000 } : {})))).toEqual([]);
  });

  it('is not decided by a merge that slows most of half an hour', () => {
    expect(
      broken(hours((bucket) => (bucket > 18 && bucket < 23 ? { ingest: 80, work: 1_500 } : {}))),
    ).toEqual([]);
  });

  it('refuses to judge what is too short to be compared', () => {
    expect(() => judge(hours().slice(0, 17))).toThrow('17 buckets are too few');
  });
});
