import type { Point } from '../model/point.js';
import {
  float64s,
  instants,
  type NativeColumn,
  nativeBlock,
  nullableFloat64s,
  strings,
  uint8s,
  uint32s,
  words,
} from './native-block.js';

/** The columns of `queries/insert_points.sql` but the last. */
const COLUMNS: readonly NativeColumn<Point>[] = [
  words('metric', ({ metric }) => metric),
  strings('slice', ({ slice }) => slice),
  instants('bucket_start', ({ bucketStart }) => bucketStart),
  uint32s('bucket_seconds', ({ bucketSeconds }) => bucketSeconds),
  float64s('value', ({ value }) => value),
  float64s('numerator', ({ numerator }) => numerator),
  nullableFloat64s('denominator', ({ denominator }) => denominator),
  float64s('amount', ({ amount }) => amount),
  uint32s('revision', ({ revision }) => revision),
  nullableFloat64s('volume', ({ volume }) => volume ?? null),
];
/** More than a row usually takes, so that the block is seldom copied while it grows. */
const EXPECTED_BYTES = 96;

/** The block for `queries/insert_points.sql`; `removed` are points that are no more. */
export function pointBlock(points: readonly Point[], removed: readonly Point[]): Buffer {
  const gone = new Set(removed);
  const columns = [...COLUMNS, uint8s<Point>('is_deleted', (point) => (gone.has(point) ? 1 : 0))];
  return nativeBlock([...points, ...removed], columns, EXPECTED_BYTES);
}
