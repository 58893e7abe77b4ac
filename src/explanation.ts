import { type AnalysisSources, explainMetric } from './analysis/explain-metric.js';
import { type Against, baselineOf } from './analysis/question.js';
import type { AnalysisOutcome, Span } from './model/analysis.js';
import type { MetricDefinition } from './model/metric.js';
import type { SliceLabels } from './model/slice.js';
import { CauseTable } from './store/cause-table.js';
import { eventTexts } from './store/event-texts.js';
import { PointTable } from './store/point-table.js';
import { SliceCountTable } from './store/slice-counts.js';
import type { Store } from './store/store.js';

/** What somebody asks to be explained. */
export interface ExplanationRequest {
  metric: MetricDefinition;
  span: Span;
  against: Against;
  slice: SliceLabels;
  dimensions: readonly string[] | null;
}

/** What analyses read, from the store. */
export function analysisSources(store: Store, metrics: readonly MetricDefinition[]): AnalysisSources {
  return {
    slices: new SliceCountTable(store),
    points: new PointTable(store),
    causes: new CauseTable(store),
    texts: (query) => eventTexts(store, query),
    listing: CauseTable.listing,
    metrics,
  };
}

/** Where and why a metric moved in a span. Throws `usage` where the span is a part of its own baseline. */
export function explainRequest(
  store: Store,
  { against, ...question }: ExplanationRequest,
  metrics: readonly MetricDefinition[],
): Promise<AnalysisOutcome> {
  const baseline = baselineOf(against, question.span);
  return explainMetric(analysisSources(store, metrics), { ...question, baseline });
}
