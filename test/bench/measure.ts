/** One way of doing the work: does it once and answers what it took. */
export type Contestant<Name extends string> = readonly [name: Name, run: () => Promise<Figures>];

/** What one run took, by the figure's name. */
export type Figures = Readonly<Record<string, number>>;

/**
 * Runs the contestants in turn, `repetitions` rounds of them, and answers the median of every figure of each.
 * In turn, because what else the machine does then falls on all of them alike; the first round, which warms
 * caches and compilers up, is not counted.
 */
export async function interleaved<Name extends string>(
  contestants: readonly Contestant<Name>[],
  repetitions: number,
): Promise<Record<Name, Figures>> {
  const runs = new Map<Name, Figures[]>(contestants.map(([name]) => [name, []]));
  for (let round = 0; round <= repetitions; round += 1)
    for (const [name, run] of contestants) {
      const figures = await run();
      if (round > 0) runs.get(name)?.push(figures);
    }
  return Object.fromEntries([...runs].map(([name, list]) => [name, medians(list)])) as Record<Name, Figures>;
}

function medians(runs: readonly Figures[]): Figures {
  const names = Object.keys(runs[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, median(runs.map((run) => run[name] ?? 0))]));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle] as number;
  return ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** Prints a table: the first column to the left, figures to the right. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows.reduce<number[]>(
    (found, row) => row.map((cell, column) => Math.max(found[column] ?? 0, cell.length)),
    [],
  );
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    print(`  ${cells.join('   ').trimEnd()}`);
  }
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

export const whole = (number: number): string => Math.round(number).toLocaleString('en-GB');
export const ratio = (number: number): string => `${number.toFixed(number < 10 ? 2 : 0)} ×`;
