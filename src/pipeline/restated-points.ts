import type { Judging } from '../detection/judging.js';
import type { Restated } from '../metrics/late-events.js';
import type { Instant } from '../model/clock.js';
import type { Verdict } from '../model/verdict.js';
import type { JudgeStateTable } from '../store/judge-state-table.js';
import type { PointTable } from '../store/point-table.js';
import type { VerdictTable } from '../store/verdict-table.js';

export interface RestatedPointsParts {
  judging: Pick<Judging, 'canGoBack' | 'toRead' | 'read' | 'judgeAgain' | 'saving'>;
  points: Pick<PointTable, 'between'>;
  verdicts: Pick<VerdictTable, 'write'>;
  judgeStates: Pick<JudgeStateTable, 'write' | 'earlier'>;
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
    const back = judging.canGoBack(metric, since);
    if (back.size === 0) continue;
    const toRead = judging.toRead(metric, back);
    if (toRead.length > 0) judging.read(metric, await judgeStates.earlier(metric.id, toRead));
    const from = Math.min(...[...back.values()].map(({ known }) => known));
    const history = await points.between(metric.id, from, until, [...back.keys()]);
    for (const { verdicts: each, combined } of judging.judgeAgain(metric, since, history))
      written.push(...each, combined);
  }
  if (written.length === 0) return;
  await verdicts.write(written);
  await judgeStates.write(judging.saving());
}
