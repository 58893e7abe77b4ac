/** One series of the benchmark: which rows lie in labelled windows, as row numbers, both ends included. */
export interface LabelledSeries {
  rows: number;
  windows: readonly { left: number; right: number }[];
}

/** What a hit is worth, and what a missed window and a false detection cost. */
export interface NabProfile {
  hit: number;
  miss: number;
  false: number;
}

export const NAB_PROFILES = {
  standard: { hit: 1, miss: 1, false: 0.11 },
  'low false alarms': { hit: 1, miss: 1, false: 0.22 },
  'low misses': { hit: 1, miss: 2, false: 0.11 },
} as const satisfies Record<string, NabProfile>;

export interface NabResult {
  /** 100 for a perfect detector, 0 for one that never detects anything. */
  score: number;
  /** The one threshold of the whole corpus that gave this score; infinite when nothing is worth detecting. */
  threshold: number;
  /** Windows with at least one detection at that threshold. */
  hits: number;
  /** Detected rows outside all windows at that threshold. */
  falseRows: number;
}

/** The first rows of a series, which may be learned from and do not count. */
export function probationOf(rows: number): number {
  return Math.min(Math.floor(0.15 * rows), 750);
}

const sigmoid = (x: number): number => 2 / (1 + Math.exp(5 * x)) - 1;
/** What the earliest row of a window is worth before scaling. */
const EARLIEST = sigmoid(-1);
/** So many window widths after a window a detection has nothing to do with it any more. */
const FORGOTTEN = 3;

/** What a detection at a row is worth: up to 1 in a window, down to −1 outside. */
interface Worth {
  value: number;
  /** Number of the window in the series, or -1. */
  window: number;
}

function worthOf(row: number, windows: LabelledSeries['windows']): Worth {
  const inside = windows.findIndex(({ left, right }) => row >= left && row <= right);
  const window = windows[inside];
  if (window !== undefined) {
    const width = window.right - window.left + 1;
    return { value: sigmoid(-(window.right - row + 1) / width) / EARLIEST, window: inside };
  }
  const before = windows.filter(({ right }) => right < row).at(-1);
  if (before === undefined) return { value: -1, window: -1 };
  const position = (row - before.right) / Math.max(1, before.right - before.left);
  return { value: position > FORGOTTEN ? -1 : sigmoid(position), window: -1 };
}

/**
 * The score of the Numenta Anomaly Benchmark (Lavin and Ahmad, 2015) at the best single threshold for the whole
 * corpus. Detections are the rows whose score is at least the threshold.
 *
 * @param scores one list per series, one number per row, greater for more anomalous.
 */
export function scoreNab(
  corpus: readonly LabelledSeries[],
  scores: readonly ArrayLike<number>[],
  profile: NabProfile,
): NabResult {
  const detections: { score: number; worth: Worth; series: number }[] = [];
  corpus.forEach((series, number) => {
    for (let row = probationOf(series.rows); row < series.rows; row += 1) {
      const score = scores[number]?.[row] ?? Number.NEGATIVE_INFINITY;
      if (score > 0) detections.push({ score, worth: worthOf(row, series.windows), series: number });
    }
  });
  detections.sort((a, b) => b.score - a.score);

  const windows = corpus.reduce((sum, series) => sum + series.windows.length, 0);
  const nothing = -windows * profile.miss;
  const normalised = (raw: number): number => (100 * (raw - nothing)) / (windows * profile.hit - nothing);
  let best: NabResult = { score: 0, threshold: Number.POSITIVE_INFINITY, hits: 0, falseRows: 0 };
  const bestOfWindow = new Map<string, number>();
  let raw = nothing;
  let falseRows = 0;
  detections.forEach(({ score, worth, series }, at) => {
    if (worth.window < 0) {
      raw += worth.value * profile.false;
      falseRows += 1;
    } else {
      const key = `${series} ${worth.window}`;
      const known = bestOfWindow.get(key);
      if (known === undefined) raw += profile.miss + worth.value * profile.hit;
      else raw += Math.max(0, worth.value - known) * profile.hit;
      bestOfWindow.set(key, Math.max(known ?? worth.value, worth.value));
    }
    if (detections[at + 1]?.score === score || normalised(raw) <= best.score) return;
    best = { score: normalised(raw), threshold: score, hits: bestOfWindow.size, falseRows };
  });
  return best;
}
