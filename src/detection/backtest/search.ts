import type { Tunable } from './tunables.js';

/** Settings that differ from today's, by their index among the tunables. */
export type Changes = ReadonlyMap<number, number>;

export interface SearchResult {
  changes: Changes;
  /** The loss of today's settings, and of the changed ones. */
  today: number;
  best: number;
  /** How often the loss was asked for. */
  runs: number;
  /** True when the runs were used up before nothing more could be gained. */
  cutShort: boolean;
}

/** A change that gains less than this is left out: a quarter of a wrong alert is within what chance does. */
const LEAST_GAIN = 0.25;
const ROUNDS = 3;

/**
 * Looks for settings with less loss, one setting at a time (coordinate descent over each one's few values), again
 * while that still gains something, at most three times over. What turns out not to be needed is taken back at the end,
 * so that the changes are few. It finds a good neighbour of today's settings, not the best of all.
 *
 * @param lossOf the loss with some changes; null when they cannot be had.
 * @param runs how often it may be asked for.
 */
export async function search(
  tunables: readonly Tunable[],
  lossOf: (changes: Changes) => Promise<number | null>,
  runs: number,
): Promise<SearchResult> {
  const known = new Map<string, number | null>();
  let cutShort = false;
  const ask = async (changes: Changes): Promise<number> => {
    const key = JSON.stringify([...changes].sort(([a], [b]) => a - b));
    if (!known.has(key)) {
      if (known.size >= runs) {
        cutShort = true;
        return Number.POSITIVE_INFINITY;
      }
      known.set(key, await lossOf(changes));
    }
    return known.get(key) ?? Number.POSITIVE_INFINITY;
  };

  const today = await ask(new Map());
  let best: { changes: Changes; loss: number } = { changes: new Map(), loss: today };
  for (let round = 0; round < ROUNDS; round++) {
    const before = best.loss;
    for (const [index, tunable] of tunables.entries()) {
      for (const value of nearestFirst(tunable)) {
        const changes = changed(best.changes, index, value, tunable);
        const loss = await ask(changes);
        if (loss <= best.loss - LEAST_GAIN) best = { changes, loss };
      }
    }
    if (best.loss === before) break;
  }
  for (const index of [...best.changes.keys()]) {
    const fewer = new Map(best.changes);
    fewer.delete(index);
    const loss = await ask(fewer);
    if (loss < best.loss + LEAST_GAIN) best = { changes: fewer, loss };
  }
  return { changes: best.changes, today, best: best.loss, runs: known.size, cutShort };
}

/** Today's value is not a change. */
function changed(changes: Changes, index: number, value: number, { today }: Tunable): Changes {
  const next = new Map(changes);
  if (value === today) next.delete(index);
  else next.set(index, value);
  return next;
}

/** A small step that gains as much as a large one is the better one. */
function nearestFirst({ values, today }: Tunable): number[] {
  if (today === null) return [...values];
  const distance = (value: number) => Math.abs(Math.log((value + 1e-9) / (today + 1e-9)));
  return [...values].sort((a, b) => distance(a) - distance(b));
}
