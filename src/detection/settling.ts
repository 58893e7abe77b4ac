import type { SavedJudge } from '../model/judge-state.js';
import type { MetricDefinition } from '../model/metric.js';
import type { Point } from '../model/point.js';
import type { Verdict } from '../model/verdict.js';
import { Budget } from './budget.js';
import { calmed, evidenceOf, goneOn } from './run.js';
import type { SeriesJudges } from './series-judges.js';

/** What became of one point: each detector's verdict, and the one that they give together. */
export interface JudgedPoint {
  point: Point;
  verdicts: readonly Verdict[];
  combined: Verdict;
}

/** Judged points and the judges of their series, in the same order: a pair for each would be as much garbage again. */
export interface Unsettled {
  judged: JudgedPoint[];
  judges: SeriesJudges[];
}

/**
 * What the verdicts on a metric's series in one bucket come to together. What may be chance among so many is normal;
 * what was found goes on until it has been in band for long enough, or for so long that it is the new normal.
 */
export class Settling {
  readonly #horizon: number;
  readonly #saved: (metric: string) => SavedJudge | undefined;
  readonly #budgets = new Map<string, Budget>();

  constructor(options: {
    /** How far back points can be judged again, ms. */
    horizon: number;
    /** What was saved of a metric by {@link save}. */
    saved: (metric: string) => SavedJudge | undefined;
  }) {
    this.#horizon = options.horizon;
    this.#saved = options.saved;
  }

  /** @param when `again` for points that are judged another time: then as much is asked of them as was then. */
  settle(metric: MetricDefinition, { judged, judges }: Unsettled, when: 'now' | 'again'): JudgedPoint[] {
    const bucketStart = judged[0]?.point.bucketStart;
    if (bucketStart === undefined) return [];
    const budget = this.#budgetOf(metric);
    // A detector that is new to the metric is shown the past, of which everything has been said.
    if (when === 'now' && !budget.isNews(bucketStart)) return judged;
    const evidence = new Float64Array(judged.length);
    const unknown: number[] = [];
    for (let index = 0; index < judged.length; index += 1) {
      const { run } = judges[index] as SeriesJudges;
      const { combined } = judged[index] as JudgedPoint;
      const found = evidenceOf(run, combined);
      evidence[index] = found;
      if (combined.status !== 'not_evaluable' && run?.isFound !== true) unknown.push(found);
    }
    const limit = when === 'now' ? budget.limitFor(bucketStart, unknown) : budget.limitThen(bucketStart);
    return judged.map((each, index) =>
      settled(metric, each, judges[index] as SeriesJudges, evidence[index] as number, limit),
    );
  }

  /** What the series of a metric share. */
  save(metric: string): SavedJudge[] {
    const budget = this.#budgets.get(metric);
    return budget === undefined ? [] : [budget.save()];
  }

  #budgetOf(metric: MetricDefinition): Budget {
    const known = this.#budgets.get(metric.id);
    if (known !== undefined) return known;
    const budget = new Budget(metric, this.#horizon, this.#saved(metric.id));
    this.#budgets.set(metric.id, budget);
    return budget;
  }
}

/** One series' part of it: what its verdict is in the end, and what is remembered. */
function settled(
  metric: MetricDefinition,
  judged: JudgedPoint,
  judges: SeriesJudges,
  evidence: number,
  limit: number,
): JudgedPoint {
  const { point, verdicts, combined } = judged;
  if (combined.status === 'not_evaluable') return judged;
  if (combined.status === 'normal') {
    judges.run = calmed(judges.run, combined, metric.alert);
    return judged;
  }
  const goesOn = judges.run?.isFound === true && judges.run.side === combined.direction;
  const isFound = goesOn || evidence >= limit;
  const isFixed = verdicts.some(
    ({ status, detector }) =>
      status === 'anomalous' && judges.all.find(({ name }) => name === detector)?.isFixed === true,
  );
  judges.run = goneOn(judges.run, point, combined, { evidence, isFound, isFixed });
  if (!isFound) return { ...judged, combined: { ...combined, status: 'normal', reason: 'chance' } };
  const { newNormalAfter = Number.POSITIVE_INFINITY } = metric;
  if (judges.run.found < newNormalAfter || !judges.accept()) return judged;
  return { ...judged, combined: { ...combined, status: 'normal', reason: 'new_normal' } };
}
