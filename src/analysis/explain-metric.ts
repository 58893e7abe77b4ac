import type { Analysis, AnalysisOutcome, Span } from '../model/analysis.js';
import type { MetricDefinition } from '../model/metric.js';
import { formatSlice } from '../model/slice.js';
import type { CauseQuery, CauseTable } from '../store/cause-table.js';
import type { PointTable } from '../store/point-table.js';
import { lookAround, movedAlongside, ordinaryFrom, sisterSeries } from './alongside.js';
import { commonValues, factSpan, factsAbout } from './circumstances.js';
import { type CountSources, countLeaves } from './count-leaves.js';
import { explain } from './explain.js';
import { judgeCounted } from './judge-counted.js';
import { mainSelector, planOf, within } from './measures.js';
import type { Question } from './question.js';
import { whatPeopleSay } from './what-people-say.js';

/** Where everything that an analysis reads comes from. */
export interface AnalysisSources extends CountSources {
  points: CountSources['points'] & Pick<PointTable, 'ofSeries'>;
  causes: Pick<CauseTable, 'cases' | 'values' | 'facts'>;
  texts(query: CauseQuery): Promise<{ now: string[]; before: string[] }>;
  /** The statement that lists a cause's cases. */
  listing(query: Pick<CauseQuery, 'selector' | 'date' | 'span'>): string;
  /** All metrics, to see which others moved. */
  metrics: readonly MetricDefinition[];
}

/** Of more events than these a part is enough to see what they say and what they share. */
const MOST_EXAMINED = 100_000;
const STANDING = ['region', 'category', 'scenario', 'channel', 'merchant_id'];

/**
 * Where a metric moved in a span and why, from the events themselves, in a bounded number of queries however many
 * slices there are: of each selector (a ratio has two) one for the number of values, one for each dimension that is
 * too wide and one for the counts; and five for texts, cases, what they have in common, dated facts and other
 * metrics. `knownUntil` bounds what other metrics' points are looked at, so that a replay sees no future.
 */
export async function explainMetric(
  sources: AnalysisSources,
  question: Question,
  knownUntil: (metric: MetricDefinition) => number = () => Number.POSITIVE_INFINITY,
): Promise<AnalysisOutcome> {
  const { metric, span, baseline, slice } = question;
  const plan = planOf(metric, slice, [span, ...baseline]);
  if ('status' in plan) return plan;
  const counted = await countLeaves(sources, plan, metric.date, dimensionsOf(question));
  if ('status' in counted) return counted;
  const judged = judgeCounted(counted, span);
  if ('status' in judged) return judged;
  const explanation = explain(judged);
  // Everything else is asked of the first cause: most of what is so of the whole has nothing to do with it.
  const first = explanation.slices.find((each) => each.cause);
  const cause = { ...slice, ...first?.slice };
  const before = {
    from: Math.min(...baseline.map(({ from }) => from)),
    to: Math.max(...baseline.map(({ to }) => to)),
  };
  const share = first === undefined || explanation.observed === 0 ? 1 : first.observed / explanation.observed;
  const query = {
    selector: within(mainSelector(metric), cause),
    date: metric.date,
    span,
    baseline: before,
    every: Math.max(1, Math.floor((counted.events * share) / MOST_EXAMINED)),
  };
  const sisters = sisterSeries(sources.metrics, metric.id, cause);
  const [texts, cases, values, facts, alongside] = await Promise.all([
    sources.texts(query),
    sources.causes.cases(query),
    sources.causes.values(query),
    sources.causes.facts(factSpan(span)),
    alongsideOf(sources, sisters, span, knownUntil),
  ]);
  const all = values.find(({ dimension }) => dimension === '') ?? { now: 0, before: 0 };
  const analysis: Analysis = {
    metric: metric.id,
    slice: formatSlice(slice),
    span,
    baseline: [...counted.baseline],
    explanation,
    meanAmount: cases.meanAmount,
    says: whatPeopleSay(texts.now, texts.before),
    alongside,
    facts: factsAbout(facts, cause),
    common: commonValues(
      values.filter(({ dimension }) => dimension !== ''),
      all,
      cause,
    ),
    evidence: {
      slice: formatSlice(cause),
      cases: cases.cases,
      newest: cases.newest,
      costliest: cases.costliest,
      query: sources.listing(query),
    },
  };
  return { status: 'explained', analysis };
}

function dimensionsOf({ metric, slice, dimensions }: Question): string[] {
  const wanted = dimensions ?? [...new Set([...metric.slices.flat(), ...STANDING])];
  return wanted.filter((name) => slice[name] === undefined);
}

async function alongsideOf(
  { points }: AnalysisSources,
  sisters: ReturnType<typeof sisterSeries>,
  span: Span,
  knownUntil: (metric: MetricDefinition) => number,
) {
  if (sisters.length === 0) return [];
  const around = lookAround(span);
  const from = Math.min(...sisters.map(({ metric }) => ordinaryFrom(metric, around)));
  const wanted = sisters.map(({ metric, slice }) => ({ metric: metric.id, slice }));
  const until = new Map(sisters.map(({ metric }) => [metric.id, knownUntil(metric)]));
  const read = await points.ofSeries(wanted, from, around.to);
  const known = read.filter(
    ({ metric, bucketStart, bucketSeconds }) =>
      bucketStart + bucketSeconds * 1_000 <= (until.get(metric) ?? Number.POSITIVE_INFINITY),
  );
  return movedAlongside(sisters, known, span);
}
