import { z } from 'zod';
import { defineDetector } from '../../src/detection/contract.js';
import { seasonal } from '../seasonal/seasonal.js';
import { acceptAfterParameter } from '../support/parameters.js';
import { onRarerSide } from '../support/rarer-side.js';
import { NoveltyJudge } from './novelty.js';
import { OddsShiftJudge } from './odds-shift.js';

const Parameters = z.strictObject({
  accept_after: acceptAfterParameter(
    'Rates, and values by the day or longer: points of a shift that become the new normal.',
  ),
});

const NAME = 'auto';
const DAY_SECONDS = 86_400;

/**
 * What a metric is judged by when nobody chose. A rate is judged on its counts, by likelihood CUSUMs for several sizes
 * of a shift at once ({@link OddsShiftJudge}). Anything else has no law that could be known beforehand and is judged by
 * how new it is ({@link NoveltyJudge}), which takes some hundred points to know; a value by the day or longer, of which
 * there are not so many, by its weekday, level and trend, as `seasonal` does.
 */
export const auto = defineDetector({
  name: NAME,
  description: 'The default: what fits the kind of the series, without anything to choose.',
  parameters: Parameters,
  create: onRarerSide(NAME, ({ accept_after: acceptAfter }, series, saved) => {
    if (series.kind === 'rate') return new OddsShiftJudge(NAME, acceptAfter, series, saved);
    if (series.bucketSeconds < DAY_SECONDS) return new NoveltyJudge(NAME, series, saved);
    return seasonal.create(seasonal.parameters.parse({ accept_after: acceptAfter }), series, saved);
  }),
});
