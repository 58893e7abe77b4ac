import { builtinDetectors } from '../../detectors/index.js';
import type { Configuration } from '../config/configuration.js';
import {
  type Evidence,
  LEAST_EVIDENCE,
  lossOf,
  splitAt,
  type Weighing,
  weigh,
} from '../detection/backtest/evidence.js';
import type { Span } from '../detection/backtest/score.js';
import { type Changes, search } from '../detection/backtest/search.js';
import { type Tunable, tunablesOf } from '../detection/backtest/tunables.js';
import type { Instant } from '../model/clock.js';
import type { MetricDefinition } from '../model/metric.js';
import type { Point } from '../model/point.js';
import { type BacktestOptions, backtest } from './backtest.js';
import type { PointHistory } from './backtest-history.js';
import { draftOf, type LoadDraft } from './tuning-draft.js';

/** One part of the history, before and after. */
export interface Effect {
  today: Weighing;
  changed: Weighing;
}

/** What was found for one metric. */
export type Tuning = { metric: string } & (
  | { outcome: 'too_little'; incidents: number; evidence: number; split: Instant | null }
  | { outcome: 'nothing_better'; today: Weighing; split: Instant; runs: number; cutShort: boolean }
  | {
      /** `not_confirmed` when the later history, which the search has not seen, says that it is worse. */
      outcome: 'proposed' | 'not_confirmed';
      changes: readonly { tunable: Tunable; value: number }[];
      /** The metrics file with the changes. */
      text: string;
      split: Instant;
      earlier: Effect;
      later: Effect;
      all: Effect;
      /** True when the later history costs less with the changes, and not only no more. */
      better: boolean;
      runs: number;
      cutShort: boolean;
    }
);

export interface TuneOptions {
  span: Span;
  counted: Span;
  evidence: Evidence;
  grace: number;
  /** How many wrong alerts a missed incident is worth. */
  missed: number;
  /** How many settings are tried at most. */
  runs: number;
  /** The metrics file as it is, which the changes are written into, and how it is read. */
  text: string;
  load: LoadDraft;
  history: PointHistory;
  reportFault: BacktestOptions['reportFault'];
  onRun?: (run: number) => void;
}

/**
 * Looks for settings of one metric that would have told more of what was right and less of what was wrong. The search
 * sees the earlier part of the history only; what it finds is then held against the later part, and is proposed only
 * if it costs no more there. Settings that find no incident at all are never proposed.
 */
export async function tune(
  configuration: Configuration,
  metric: MetricDefinition,
  options: TuneOptions,
): Promise<Tuning> {
  const { counted, grace, missed } = options;
  const evidence = concerning(metric, options.evidence);
  const history = new HeldPoints(options.history);
  const run = async (of: Configuration, definition: MetricDefinition, to: Instant) => {
    const { episodes } = await backtest(of, {
      ...options,
      span: { from: options.span.from, to },
      metrics: [definition],
      history,
    });
    return (part: Span) => weigh(episodes, evidence, part, grace);
  };

  const own = evidence.incidents.filter(
    (label) => label.metric === metric.id && isWithin(label.from, counted),
  );
  const split = splitAt(own);
  const today = await run(configuration, metric, counted.to);
  const all = today(counted);
  const known = own.length + all.wrong;
  const before = own.filter(({ from }) => split !== null && from < split).length;
  if (
    split === null ||
    known < LEAST_EVIDENCE.all ||
    before < LEAST_EVIDENCE.earlier ||
    own.length - before < LEAST_EVIDENCE.later
  )
    return { metric: metric.id, outcome: 'too_little', incidents: own.length, evidence: known, split };

  const parts = {
    earlier: { from: counted.from, to: split },
    later: { from: split, to: counted.to },
    all: counted,
  };
  const tunables = tunablesOf(metric, [...builtinDetectors, ...(configuration.plugIns ?? [])]);
  const draft = (changes: Changes) => draftOf(options.text, metric.id, tunables, changes, options.load);
  let runs = 0;
  const found = await search(
    tunables,
    async (changes) => {
      const drafted = await draft(changes);
      if (drafted === null) return null;
      runs += 1;
      options.onRun?.(runs);
      const weighing = (await run(drafted.configuration, drafted.metric, split))(parts.earlier);
      // To find no incident at all is never an improvement, however many wrong alerts it spares.
      return changes.size > 0 && findsNone(weighing) ? null : lossOf(weighing, { missed });
    },
    options.runs,
  );
  const { cutShort } = found;
  const best = found.changes.size === 0 ? null : await draft(found.changes);
  if (best === null)
    return { metric: metric.id, outcome: 'nothing_better', today: all, split, runs, cutShort };

  const changed = await run(best.configuration, best.metric, counted.to);
  const effect = (part: Span): Effect => ({ today: today(part), changed: changed(part) });
  const later = effect(parts.later);
  const [costs, cost] = [later.today, later.changed].map((weighing) => lossOf(weighing, { missed }));
  const change = (cost ?? 0) - (costs ?? 0);
  return {
    metric: metric.id,
    outcome:
      change > 0 || (findsNone(later.changed) && !findsNone(later.today)) ? 'not_confirmed' : 'proposed',
    changes: [...found.changes].flatMap(([index, value]) => {
      const tunable = tunables[index];
      return tunable === undefined ? [] : [{ tunable, value }];
    }),
    text: best.text,
    split,
    earlier: effect(parts.earlier),
    later,
    all: effect(parts.all),
    better: change < 0,
    runs,
    cutShort,
  };
}

const findsNone = ({ incidents, found }: Weighing): boolean => incidents > 0 && found === 0;

/** The evidence that can concern a metric: its own, and labels of any. */
function concerning({ id }: MetricDefinition, evidence: Evidence): Evidence {
  const incidents = evidence.incidents.filter(({ metric }) => metric === null || metric === id);
  return { ...evidence, incidents };
}

const isWithin = (at: Instant, { from, to }: Span): boolean => at >= from && at < to;

/** Points of one metric that are read or made once, however many runs there are over them. */
class HeldPoints implements PointHistory {
  readonly #history: PointHistory;
  readonly #points = new Map<Instant, Point[]>();

  constructor(history: PointHistory) {
    this.#history = history;
  }

  async make(metric: MetricDefinition, starts: readonly Instant[]): Promise<Point[]> {
    const missing = starts.filter((start) => !this.#points.has(start));
    if (missing.length > 0) {
      for (const start of missing) this.#points.set(start, []);
      for (const point of await this.#history.make(metric, missing))
        this.#points.get(point.bucketStart)?.push(point);
    }
    return starts.flatMap((start) => this.#points.get(start) ?? []);
  }

  eventSpan() {
    return this.#history.eventSpan();
  }

  originOf(metric: string) {
    return this.#history.originOf(metric);
  }
}
