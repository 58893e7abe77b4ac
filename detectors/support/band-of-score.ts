import { type Judged, judged, type Prediction } from './band.js';

/** What rounding may do to a difference, in parts of what is subtracted. */
export const HAIR = 1e-9;
/** No band is narrower than this part of what is expected. */
const LEAST_RELATIVE_HALF_WIDTH = 1e-3;
const LEAST_HALF_WIDTH = 1e-9;

/**
 * A judgement for detectors whose score does not follow from the size of a point alone. The band is the usual one
 * of this half width, except that the edge nearest to the point gives way, so that the point is outside exactly
 * when its score is above 1.
 *
 * @param limits what the series cannot leave, such as 0 and 1 for a rate.
 */
export function judgedByScore(
  value: number,
  expected: number,
  usualHalfWidth: number,
  score: number,
  limits: Pick<Prediction, 'floor' | 'ceiling'>,
): Judged {
  const { floor, ceiling } = limits;
  const halfWidth = Math.max(
    usualHalfWidth,
    LEAST_RELATIVE_HALF_WIDTH * Math.abs(expected),
    LEAST_HALF_WIDTH,
  );
  const outside = score > 1;
  const asExpected = Math.abs(value - expected) <= HAIR * Math.max(Math.abs(value), Math.abs(expected), 1);
  // What is wrong may end on the very value that was expected: the centre moves, so that there can be a band.
  const centre = outside && asExpected ? awayFrom(value, halfWidth / 2, floor) : expected;
  const reach = Math.abs(value - centre);
  const side = outside ? Math.min(halfWidth, reach / score) : Math.max(halfWidth, reach * (1 + HAIR));
  const up = value >= centre;
  return judged(
    { expected: centre, floor, ceiling: Math.max(ceiling, value) },
    {
      lower: centre - (up ? halfWidth : side),
      upper: centre + (up ? side : halfWidth),
      score,
      direction: up ? 'up' : 'down',
    },
  );
}

/** A place below the value, or above it where the series does not go so low. */
function awayFrom(value: number, distance: number, floor: number): number {
  return value - distance >= floor ? value - distance : value + distance;
}
