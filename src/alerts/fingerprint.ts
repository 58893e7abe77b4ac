import { createHash } from 'node:crypto';
import type { Instant } from '../model/clock.js';
import type { Direction } from '../model/verdict.js';

/** What tells one alert's series from another's. */
export interface SeriesName {
  metric: string;
  slice: string;
  direction: Direction;
}

/**
 * The identity of a series' alerts over all episodes: readable at the front, and with a digest of the slice
 * behind, because slices hold whatever merchants call their categories and the result goes into URLs,
 * buttons and command lines.
 */
export function fingerprintOf({ metric, slice, direction }: SeriesName): string {
  const digest = createHash('sha256').update(slice).digest('hex').slice(0, 10);
  return `${metric}-${direction}-${digest}`;
}

/** The identity of one episode: `dispute_rate-up-3f29c1d0ab-20240105T060000Z`. */
export function alertIdOf(fingerprint: string, startedAt: Instant): string {
  const start = new Date(startedAt).toISOString().replace('.000', '').replace(/[-:]/g, '');
  return `${fingerprint}-${start}`;
}
