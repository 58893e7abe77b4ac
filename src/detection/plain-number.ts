/** What stands before the decimals of a file's numbers; the other one may group their thousands. */
export type DecimalMark = ',' | '.';

/** Blanks, apostrophes and underscores group thousands whatever the decimal mark is. */
const OTHER_GROUPS = /(?<=\d)[\s'’_](?=\d{3}(?!\d))/g;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

const POINT = formsOf('\\.', ',');
const COMMA = formsOf(',', '\\.');

/** With one mark for decimals and another for groups: numbers with groups, and numbers that no other marks would give. */
function formsOf(mark: string, group: string): { grouped: RegExp; telling: RegExp } {
  const groups = `\\d{1,3}(${group}\\d{3})`;
  return {
    grouped: new RegExp(`^[+-]?${groups}+(${mark}\\d*)?$`),
    telling: new RegExp(
      `^[+-]?(${groups}+${mark}\\d+|${groups}{2,}|(0|\\d{4,})?${mark}\\d+|\\d+${mark}(\\d{1,2}|\\d{4,}))$`,
    ),
  };
}

/**
 * The decimal mark of a whole file, because `1,234` alone could be either number. Where nothing tells, and where the
 * file contradicts itself, commas are decimal only if something else separates the cells.
 */
export function decimalMarkOf(cells: readonly string[], separator: string): DecimalMark {
  const numbers = cells.map(plain);
  const [points, commas] = [POINT, COMMA].map(({ telling }) => numbers.some((cell) => telling.test(cell)));
  if (points !== commas) return points ? '.' : ',';
  return separator !== ',' && numbers.some((cell) => cell.includes(',')) ? ',' : '.';
}

/** Not a number where it is none: marks that are not where thousands are grouped belong to something else. */
export function readNumber(cell: string, mark: DecimalMark): number {
  const text = plain(cell);
  const [{ grouped }, group] = mark === '.' ? [POINT, ','] : [COMMA, '.'];
  const ungrouped = grouped.test(text) ? text.replaceAll(group, '') : text;
  const pointed = mark === ',' ? ungrouped.replace(/^([+-]?\d*),(?=\d)/, '$1.') : ungrouped;
  return NUMBER.test(pointed) ? Number(pointed) : Number.NaN;
}

const plain = (cell: string): string => cell.replace(/^[−–]/, '-').replace(OTHER_GROUPS, '');
