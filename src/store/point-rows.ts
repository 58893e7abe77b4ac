import type { Point } from '../model/point.js';
import { RowBinaryWriter } from './row-binary.js';

/** More than a point usually takes, so that the rows are seldom copied while they grow. */
const EXPECTED_BYTES = 160;

/** The rows of `queries/insert_points.sql`; `removed` are points that are no more. */
export function pointRows(points: readonly Point[], removed: readonly Point[]): Buffer {
  const rows = new RowBinaryWriter((points.length + removed.length) * EXPECTED_BYTES);
  for (const point of points) add(rows, point, 0);
  for (const point of removed) add(rows, point, 1);
  return rows.finish();
}

function add(rows: RowBinaryWriter, point: Point, isDeleted: 0 | 1): void {
  rows.string(point.metric);
  rows.string(point.slice);
  rows.instant(point.bucketStart);
  rows.uint32(point.bucketSeconds);
  rows.float64(point.value);
  rows.float64(point.numerator);
  rows.nullableFloat64(point.denominator);
  rows.float64(point.amount);
  rows.uint32(point.revision);
  rows.nullableFloat64(point.volume ?? null);
  rows.uint8(isDeleted);
}
