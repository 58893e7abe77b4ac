import type { Configuration } from '../config/configuration.js';
import type { Label } from '../detection/backtest/labels.js';
import { OrderCounter } from '../detection/backtest/orders.js';
import {
  type Figures,
  figuresOf,
  type LabelOutcome,
  outcomesOf,
  rightOnes,
  type Span,
} from '../detection/backtest/score.js';
import { type BacktestOptions, type BacktestRun, backtest } from './backtest.js';

/** A run with what it was worth. */
export interface Evaluation {
  run: BacktestRun;
  /** What is counted of the run: judges learn from all of the history before it. */
  counted: Span;
  /** Null without labels. */
  outcomes: readonly LabelOutcome[] | null;
  /** The ids of the alerts that told of a label; null without labels. */
  right: ReadonlySet<string> | null;
  /** Labels of metrics that were not run, or that begin outside of what is counted. */
  leftOut: readonly Label[];
  overall: Figures;
  byMetric: ReadonlyMap<string, Figures>;
}

/** Runs a configuration over history and holds its alerts against labels, if there are any. */
export async function evaluate(
  configuration: Configuration,
  options: BacktestOptions & { counted: Span; labels: readonly Label[] | null; grace: number },
): Promise<Evaluation> {
  const { labels, grace, counted } = options;
  const orders = new OrderCounter(labels ?? [], grace);
  const run = await backtest(configuration, {
    ...options,
    onJudged: (judged) => {
      orders.observe(judged.point);
      options.onJudged?.(judged);
    },
  });
  const ran = new Set(run.metrics.map(({ id }) => id));
  const isRun = ({ metric }: Label) => metric === null || ran.has(metric);
  const isAsked = (label: Label) => isRun(label) && label.from >= counted.from && label.from < counted.to;
  // A label that began before what is counted is not asked for, but says of an alert that it is right.
  const outcomes =
    labels === null
      ? null
      : outcomesOf(labels.filter(isRun), run.episodes, { grace, countOrders: orders.count });
  return {
    run,
    counted,
    outcomes: outcomes?.filter(({ label }) => isAsked(label)) ?? null,
    right: outcomes === null ? null : rightOnes(outcomes),
    leftOut: (labels ?? []).filter((label) => !isAsked(label)),
    overall: figuresOf(run.episodes, outcomes, counted),
    byMetric: new Map(run.metrics.map(({ id }) => [id, figuresOf(run.episodes, outcomes, counted, id)])),
  };
}
