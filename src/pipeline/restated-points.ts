import type { Judging } from '../detection/judging.js';
import type { Restated } from '../metrics/late-events.js';
import type { Instant } from '../model/clock.js';
import type { JudgeStateTable } from '../store/judge-state-table.js';
import type { PointTable } from '../store/point-table.js';
import type { VerdictTable } from '../store/verdict-table.js';

export interface RestatedPointsParts {
  judging: Pick<Judging, 'canGoBack' | 'toRead' | 'read' | 'judgeAgain' | 'saving'>;
  points: Pick<PointTable, 'stretches'>;
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
  let written = 0;
  for (const { metric, since } of restated) {
    const until = progress.get(metric.id);
    if (until === undefined) continue;
    const back = judging.canGoBack(metric, since);
    if (back.size === 0) continue;
    const toRead = judging.toRead(metric, back);
    if (toRead.length > 0) judging.read(metric, await judgeStates.earlier(metric.id, toRead));
    let from = until;
    for (const { known } of back.values()) from = Math.min(from, known);
    const history = points.stretches(metric.id, from, until, [...back.keys()]);
    for await (const judged of judging.judgeAgain(metric, since, history)) {
      const again = judged.flatMap(({ verdicts: each, combined }) => [...each, combined]);
      await verdicts.write(again);
      written += again.length;
    }
  }
  if (written > 0) await judgeStates.write(judging.saving());
}
