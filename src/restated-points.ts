import type { Judging } from './detection/judging.js';
import type { Restated } from './metrics/late-events.js';
import type { Instant } from './model/clock.js';
import type { Point } from './model/point.js';
import type { Verdict } from './model/verdict.js';
import type { JudgeStateTable } from './store/judge-state-table.js';
import type { PointTable } from './store/point-table.js';
import type { VerdictTable } from './store/verdict-table.js';

export interface RestatedPointsParts {
  judging: Pick<Judging, 'canGoBack' | 'judgeAgain' | 'save'>;
  points: Pick<PointTable, 'between'>;
  verdicts: Pick<VerdictTable, 'write'>;
  judgeStates: Pick<JudgeStateTable, 'write'>;
  /** The end of the last bucket that each metric has been judged for. */
  progress: ReadonlyMap<string, Instant>;
}

/**
 * Judges restated points again, and the points after them, whose baseline they are in. The verdicts and the judges'
 * memory become what they would be had the events been in time, as far back as the judges remember; alerts do
 * not hear of it, because people were told what was known then (docs/decisions).
 */
export async function judgeAgain(
  restated: readonly Restated[],
  { judging, points, verdicts, judgeStates, progress }: RestatedPointsParts,
): Promise<void> {
  const written: Verdict[] = [];
  for (const { metric, since } of restated) {
    const until = progress.get(metric.id);
    if (until === undefined) continue;
    const origins = [...since].flatMap(([slice, bucket]) => {
      const known = judging.canGoBack(metric, slice, bucket);
      return known === null ? [] : [{ slice, bucket, known }];
    });
    if (origins.length === 0) continue;
    const series = new Map<string, Point[]>(origins.map(({ slice }) => [slice, []]));
    for (const point of await points.between(
      metric.id,
      Math.min(...origins.map(({ known }) => known)),
      until,
    ))
      series.get(point.slice)?.push(point);
    for (const { slice, bucket } of origins)
      for (const { verdicts: each, combined } of judging.judgeAgain(
        metric,
        slice,
        bucket,
        series.get(slice) ?? [],
      ))
        written.push(...each, combined);
  }
  if (written.length === 0) return;
  await verdicts.write(written);
  await judgeStates.write(judging.save());
}
