import { type MadeMarket, VALUE_SPREAD } from './made-market.js';

type Slice = Readonly<Record<string, string>>;

/** What naming one more slice costs, as twice the log of how many there are to choose from, some thousands. */
const COST = 20;
/** By so much the truth must beat every rival: odds of about 150 to 1. */
const MARGIN = 10;

/**
 * True when one who knows what was usual, and which slices may be named, tells the causes from their rivals on the very
 * draws that were made: from a set with one of them left out, from the whole in the place of all or of one, and from a
 * set with one of them a dimension wider or narrower. Where even that fails, no method can be asked for the exact set.
 */
export function oracleSeparates(market: MadeMarket): boolean {
  const { causes } = market;
  const truth = worth(market, causes);
  return rivals(market, causes).every((rival) => truth >= worth(market, rival) + MARGIN);
}

function rivals({ leaves }: MadeMarket, causes: readonly Slice[]): Slice[][] {
  const with_ = (index: number, other: Slice[]) =>
    causes.flatMap((cause, i) => (i === index ? other : [cause]));
  return [
    [{}],
    ...causes.flatMap((cause, index) => [
      with_(index, []),
      with_(index, [{}]),
      ...Object.keys(cause)
        .filter(() => Object.keys(cause).length > 1)
        .map((left) =>
          with_(index, [Object.fromEntries(Object.entries(cause).filter(([name]) => name !== left))]),
        ),
      ...leaves.dimensions.flatMap((name, dimension) =>
        cause[name] !== undefined
          ? []
          : (leaves.values[dimension] ?? []).map((value) => with_(index, [{ ...cause, [name]: value }])),
      ),
    ]),
  ];
}

/** How much better a set explains the draws than nothing does: leaves below the same causes share one factor. */
function worth({ leaves, now, usual }: MadeMarket, causes: readonly Slice[]): number {
  const pairs = causes.map((cause) =>
    Object.entries(cause).map(([name, value]) => {
      const dimension = leaves.dimensions.indexOf(name);
      return [leaves.codes[dimension], leaves.values[dimension]?.indexOf(value)] as const;
    }),
  );
  const seen = new Float64Array(1 << causes.length);
  const expected = new Float64Array(1 << causes.length);
  for (let leaf = 0; leaf < leaves.size; leaf++) {
    let kind = 0;
    for (const [index, cause] of pairs.entries())
      if (cause.every(([codes, code]) => codes?.[leaf] === code)) kind |= 1 << index;
    seen[kind] = (seen[kind] as number) + (now.numerator[leaf] as number);
    expected[kind] = (expected[kind] as number) + (usual[leaf] as number);
  }
  let better = -COST * causes.length;
  for (let kind = 1; kind < seen.length; kind++) {
    const [k, e] = [seen[kind] as number, Math.max(expected[kind] as number, 1e-9)];
    const ratio = 2 * ((k === 0 ? 0 : k * Math.log(k / e)) - (k - e));
    better += ratio / (1 + e * VALUE_SPREAD ** 2);
  }
  return better;
}
