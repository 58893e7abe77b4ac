import type { Instant } from '../model/clock.js';
import type { Verdict } from '../model/verdict.js';
import {
  float64s,
  instants,
  type NativeColumn,
  nativeBlock,
  nullableFloat64s,
  words,
} from './native-block.js';
import type { Store } from './store.js';

/** The columns of `queries/insert_verdicts.sql`. */
const COLUMNS: readonly NativeColumn<Verdict>[] = [
  words('metric', ({ metric }) => metric),
  words('slice', ({ slice }) => slice),
  instants('bucket_start', ({ bucketStart }) => bucketStart),
  words('detector', ({ detector }) => detector),
  words('status', ({ status }) => status),
  words('reason', ({ reason }) => reason),
  float64s('value', ({ value }) => value),
  nullableFloat64s('expected', ({ expected }) => expected),
  nullableFloat64s('lower', ({ lower }) => lower),
  nullableFloat64s('upper', ({ upper }) => upper),
  nullableFloat64s('score', ({ score }) => score),
  words('direction', ({ direction }) => direction ?? ''),
];
/** More than a row usually takes, so that the block is seldom copied while it grows. */
const EXPECTED_BYTES = 96;

/** Verdicts in the store. */
export class VerdictTable {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** What was last said of a series, all its detectors together, of a bucket after this one; null for nothing. */
  async newest(
    metric: string,
    slice: string,
    after: Instant,
  ): Promise<Pick<Verdict, 'bucketStart' | 'status' | 'reason'> | null> {
    const [row] = await this.#store.query<Pick<Verdict, 'bucketStart' | 'status' | 'reason'>>(
      'newest_verdict',
      { metric, slice, after },
    );
    return row ?? null;
  }

  async write(verdicts: readonly Verdict[]): Promise<void> {
    if (verdicts.length === 0) return;
    await this.#store.insertRows('insert_verdicts', [nativeBlock(verdicts, COLUMNS, EXPECTED_BYTES)]);
  }
}
