import type { Instant } from './clock.js';

export type VerdictStatus = 'normal' | 'anomalous' | 'not_evaluable';

/** Why a point could not be judged. */
export type NotEvaluableReason = 'cold_start' | 'low_volume' | 'stale' | 'incomplete' | 'calendar' | 'error';

/** Why a point that a detector found anomalous is recorded as normal. */
export type SuppressionReason =
  | 'good_direction'
  | 'small_deviation'
  | 'outvoted'
  /** Among so many series one is as far out by chance. */
  | 'chance'
  /** It has been there for so long that it is what is expected from now on. */
  | 'new_normal';

export type Direction = 'up' | 'down';

/** The name under which the combination of a metric's detectors is stored. */
export const COMBINED = 'combined';

export interface Verdict {
  metric: string;
  slice: string;
  bucketStart: Instant;
  /** The detector's name, or {@link COMBINED}. */
  detector: string;
  status: VerdictStatus;
  /** Empty for a plain verdict. */
  reason: NotEvaluableReason | SuppressionReason | '';
  value: number;
  /** In the metric's unit; null where nothing could be expected. */
  expected: number | null;
  lower: number | null;
  upper: number | null;
  /** 0 as expected, 1 on the edge of the band, above 1 anomalous; the same scale for every detector. */
  score: number | null;
  direction: Direction | null;
}
