import { type AnalysisSources, explainMetric } from '../analysis/explain-metric.js';
import { type Against, baselineOf } from '../analysis/question.js';
import type { Configuration } from '../config/configuration.js';
import type { ExplainRequest } from '../http/ports.js';
import { displayFor } from '../messages/display.js';
import type { AnalysisOutcome, Span } from '../model/analysis.js';
import { RedressError } from '../model/errors.js';
import type { MetricDefinition } from '../model/metric.js';
import type { SliceLabels } from '../model/slice.js';
import { type AnalysisPart, analysisParts } from '../notify/cause-words.js';
import { CauseTable } from '../store/cause-table.js';
import { eventTexts } from '../store/event-texts.js';
import { PointTable } from '../store/point-table.js';
import { SliceCountTable } from '../store/slice-counts.js';
import type { Store } from '../store/store.js';

/** What somebody asks to be explained. */
export interface ExplanationRequest {
  metric: MetricDefinition;
  span: Span;
  against: Against;
  slice: SliceLabels;
  dimensions: readonly string[] | null;
}

/** The same of a metric by its id. Throws `usage` for one that is not configured. */
export async function explainPort(
  store: Store,
  { metric: id, ...question }: ExplainRequest,
  metrics: readonly MetricDefinition[],
): Promise<AnalysisOutcome> {
  const metric = metrics.find((each) => each.id === id);
  if (metric === undefined) throw new RedressError('usage', `there is no metric '${id}'`);
  return explainRequest(store, { ...question, metric }, metrics);
}

/** An answer in words; none for a refusal, which is in words already. */
export function wordsOf(
  outcome: AnalysisOutcome,
  configuration: Pick<Configuration, 'metrics' | 'service'>,
): AnalysisPart[] {
  if (outcome.status === 'refused') return [];
  const { analysis } = outcome;
  return analysisParts(analysis, displayFor(configuration, analysis.metric));
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
