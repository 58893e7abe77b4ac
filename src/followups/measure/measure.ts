import type { Instant } from '../../model/clock.js';
import type { Baseline } from './baseline.js';
import type { Evidence } from './evidence.js';
import type { Phase } from './rhythm.js';

/** What is known of a series' past when one of its points is looked at. */
export interface Measure {
  /** What was before the incident; null when that was too little. */
  baseline: Baseline | null;
  phaseOf: (at: Instant) => Phase;
  /** The whole history up to the point, where an effect is to be measured; the treated sisters left out. */
  evidence: Evidence | null;
}
