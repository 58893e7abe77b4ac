/** Lines that did not change which are shown around those that did. */
const CONTEXT = 3;

type Step = { kind: ' ' | '-' | '+'; line: string };

/**
 * The difference of two texts as a unified diff that `git apply` and `patch -p1` take; empty when there is none. The
 * lines that both have are a longest common subsequence, so that no line is shown as changed that is not.
 */
export function unifiedDiff(file: string, before: string, after: string): string {
  if (before === after) return '';
  const steps = stepsOf(linesOf(before), linesOf(after));
  const changed = steps.flatMap(({ kind }, index) => (kind === ' ' ? [] : [index]));
  const hunks: [from: number, to: number][] = [];
  for (const index of changed) {
    const last = hunks.at(-1);
    if (last !== undefined && index - last[1] <= 2 * CONTEXT) last[1] = index;
    else hunks.push([index, index]);
  }
  const path = file.replace(/^\/+/, '');
  return [
    `--- a/${path}`,
    `+++ b/${path}`,
    ...hunks.flatMap(([from, to]) => hunk(steps, Math.max(0, from - CONTEXT), to + CONTEXT + 1)),
    '',
  ].join('\n');
}

function hunk(steps: readonly Step[], from: number, to: number): string[] {
  const earlier = steps.slice(0, from);
  const shown = steps.slice(from, to);
  const count = (of: readonly Step[], without: Step['kind']) =>
    of.filter(({ kind }) => kind !== without).length;
  const span = (without: Step['kind']) => {
    const length = count(shown, without);
    return `${count(earlier, without) + (length === 0 ? 0 : 1)},${length}`;
  };
  return [
    `@@ -${span('+')} +${span('-')} @@`,
    ...shown.flatMap(({ kind, line }) => {
      const text = kind + line.replace(/\n$/, '');
      return line.endsWith('\n') ? [text] : [text, '\\ No newline at end of file'];
    }),
  ];
}

/** Each with its line break, so that a last one without is told from one with. */
const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

function stepsOf(before: readonly string[], after: readonly string[]): Step[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const common = (lines: readonly string[]) => lines.map((line): Step => ({ kind: ' ', line }));
  return [
    ...common(before.slice(0, head)),
    ...middle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...common(before.slice(before.length - tail)),
  ];
}

/** By the lengths of the common subsequences of what is left (R. Wagner and M. Fischer, 1974). */
function middle(before: readonly string[], after: readonly string[]): Step[] {
  const width = after.length + 1;
  const lengths = new Uint32Array((before.length + 1) * width);
  const at = (row: number, column: number) => lengths[row * width + column] ?? 0;
  for (let row = before.length - 1; row >= 0; row--)
    for (let column = after.length - 1; column >= 0; column--)
      lengths[row * width + column] =
        before[row] === after[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
  const steps: Step[] = [];
  let [row, column] = [0, 0];
  while (row < before.length || column < after.length) {
    const [old = '', fresh = ''] = [before[row], after[column]];
    if (row < before.length && column < after.length && old === fresh) {
      steps.push({ kind: ' ', line: old });
      row += 1;
      column += 1;
    } else if (
      row < before.length &&
      (column >= after.length || at(row + 1, column) >= at(row, column + 1))
    ) {
      steps.push({ kind: '-', line: old });
      row += 1;
    } else {
      steps.push({ kind: '+', line: fresh });
      column += 1;
    }
  }
  return steps;
}
