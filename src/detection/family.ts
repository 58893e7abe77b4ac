import type { MetricDefinition } from '../model/metric.js';
import type { Point } from '../model/point.js';
import { formatSlice, parseSlice } from '../model/slice.js';

/**
 * The slice that holds another one most closely: the metric's greatest set of dimensions within the slice's own, the
 * first of several. Null when the metric has none, not even the whole. It hangs on the configuration alone, so that
 * a series has the same parent in every bucket.
 */
export function parentSlice(metric: MetricDefinition, slice: string): string | null {
  const labels = parseSlice(slice);
  let nearest: readonly string[] | null = null;
  for (const dimensions of metric.slices)
    if (isWithin(dimensions, Object.keys(labels)) && (nearest === null || dimensions.length > nearest.length))
      nearest = dimensions;
  if (nearest === null) return null;
  return formatSlice(Object.fromEntries(nearest.map((name) => [name, labels[name] ?? ''])));
}

/** True when slices of the metric can have this one for a parent. */
export function hasChildren(metric: MetricDefinition, slice: string): boolean {
  const names = Object.keys(parseSlice(slice));
  return metric.slices.some((dimensions) => isWithin(names, dimensions));
}

function isWithin(inner: readonly string[], outer: readonly string[]): boolean {
  return inner.length < outer.length && inner.every((name) => outer.includes(name));
}

/** Fewer dimensions first, so that every parent comes before its children; otherwise in the order that was given. */
export function parentsFirst(points: readonly Point[]): readonly Point[] {
  const byDepth: Point[][] = [];
  for (const point of points) {
    const depth = depthOf(point.slice);
    const same = byDepth[depth];
    if (same === undefined) byDepth[depth] = [point];
    else same.push(point);
  }
  return byDepth.flat();
}

/** How many dimensions a slice has: in its values the sign is encoded. */
function depthOf(slice: string): number {
  let depth = 0;
  for (let at = slice.indexOf('='); at >= 0; at = slice.indexOf('=', at + 1)) depth += 1;
  return depth;
}
