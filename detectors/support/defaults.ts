import type { SeriesContext } from '../../src/detection/contract.js';

const DAY_SECONDS = 86_400;

/**
 * The length of a week in points, within bounds: what the detectors' spans default to. It is 168 for hours; 28
 * for days, because seven points tell too little; and never above 336, because a span in points is also state.
 */
export function weekOfPoints(bucketSeconds: number): number {
  return Math.min(336, Math.max(28, Math.round((7 * DAY_SECONDS) / bucketSeconds)));
}

/**
 * How many points out of band in a row become the new normal unless configuration says otherwise: a week, no fewer
 * than 14 points, and no sooner than people are told of it.
 */
export function defaultAcceptAfter({ bucketSeconds, acceptAfter = 0 }: SeriesContext): number {
  const week = Math.min(336, Math.max(14, Math.round((7 * DAY_SECONDS) / bucketSeconds)));
  return Math.max(week, acceptAfter);
}

/**
 * Half width of the band in standard deviations. Hours are judged twenty-four times as often as days, so that
 * the same number of false alarms in a month asks for a wider band.
 */
export function defaultWidth(bucketSeconds: number): number {
  return bucketSeconds >= DAY_SECONDS ? 3 : 3.5;
}
