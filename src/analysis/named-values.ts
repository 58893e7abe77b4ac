import { likelihoodRatio } from './evidence.js';

/** A value's counts in the span that is asked about, and in all spans. */
export interface Marginal {
  name: string;
  now: number;
  events: number;
}

/** Counts, one for each leaf and span, that can be read and gone through in a fraction of a second. */
const MOST_COUNTS = 60_000;
/** A dimension of so few values is never worth putting any together. */
const FEW_VALUES = 20;
/** The share of a dimension's named values that are there for being large rather than striking. */
const LARGE_SHARE = 0.5;

/**
 * How many values of each dimension are to be told apart, so that there are not too many combinations; null where
 * all of them are. The widest dimension gives way first, since most of its values have few events.
 */
export function valuesToName(
  widths: readonly number[],
  combinations: number,
  spans: number,
): (number | null)[] {
  const kept = [...widths];
  const most = MOST_COUNTS / spans;
  // Among some of the events only a part of the combinations was seen, and of the few that there may be, all.
  if (combinations <= most / 4) return widths.map(() => null);
  const product = () => kept.reduce((all, width) => all * Math.max(1, width), 1);
  while (product() > most) {
    const widest = kept.indexOf(Math.max(...kept));
    if ((kept[widest] as number) <= FEW_VALUES) break;
    kept[widest] = Math.max(FEW_VALUES, Math.floor((kept[widest] as number) / 2));
  }
  return kept.map((width, i) => (width < (widths[i] as number) ? width : null));
}

/** The values to name: the most striking ones and the largest, since a cause is one or the other. */
export function chooseNamed(marginals: readonly Marginal[], most: number): string[] {
  const now = marginals.reduce((sum, each) => sum + each.now, 0);
  const events = marginals.reduce((sum, each) => sum + each.events, 0);
  const share = now / Math.max(1, events);
  const best = (worth: (each: Marginal) => number, many: number) =>
    marginals
      .map((each) => ({ name: each.name, worth: worth(each) }))
      .sort((a, b) => b.worth - a.worth || (a.name < b.name ? -1 : 1))
      .slice(0, many)
      .map(({ name }) => name);
  const large = Math.floor(most * LARGE_SHARE);
  return [
    ...new Set([
      ...best((each) => each.events, large),
      ...best((each) => likelihoodRatio(each.now, each.events * share, null), most - large),
    ]),
  ];
}
