import { oneLine } from '../notify/wording.js';

export interface Column {
  heading: string;
  /** Numbers stand under each other by their last digit. */
  align?: 'left' | 'right';
}

/**
 * Rows as text in columns. Whatever the cells hold is one line without control characters, because titles and
 * slices come from data and must not write to a person's terminal.
 */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const clean = rows.map((row) => columns.map((_column, index) => oneLine(row[index] ?? '')));
  const all = [columns.map(({ heading }) => heading), ...clean];
  const widths = columns.map((_column, index) => Math.max(...all.map((row) => lengthOf(row[index] ?? ''))));
  return all
    .map((row) =>
      columns
        .map(({ align }, index) => {
          const cell = row[index] ?? '';
          const space = ' '.repeat((widths[index] ?? 0) - lengthOf(cell));
          return align === 'right' ? space + cell : cell + space;
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Names and values under each other; a line whose value is empty is left out. */
export function formatFacts(facts: readonly (readonly [name: string, value: string])[]): string {
  const told = facts.filter(([, value]) => value !== '');
  const width = Math.max(...told.map(([name]) => lengthOf(name)));
  return told.map(([name, value]) => `${name.padEnd(width)}  ${oneLine(value)}`).join('\n');
}

/** `2026-03-03 14:00`, UTC; `-` for no time. */
export function formatTime(iso: string | null): string {
  return iso === null ? '-' : iso.slice(0, 16).replace('T', ' ');
}

/** Characters, not UTF-16 units. */
function lengthOf(text: string): number {
  return [...text].length;
}
