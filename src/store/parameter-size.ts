/** ClickHouse takes no parameter of more than 128 KiB (`http_max_field_value_size`), as it stands in an address. */
const MOST_BYTES = 120_000;
/** The quotes around a name and the comma behind it, three bytes each in an address. */
const AROUND = 9;

/** True when a list of names can be one parameter of a statement. */
export const fitsInParameter = (names: readonly string[]): boolean => sizeOf(names) <= MOST_BYTES;

/** The same names in as few lists as can be parameters. */
export function* inParameters(names: readonly string[]): Generator<string[]> {
  let portion: string[] = [];
  let size = 0;
  for (const name of names) {
    const more = sizeOf([name]);
    if (size + more > MOST_BYTES && portion.length > 0) {
      yield portion;
      portion = [];
      size = 0;
    }
    portion.push(name);
    size += more;
  }
  if (portion.length > 0) yield portion;
}

function sizeOf(names: readonly string[]): number {
  let bytes = 0;
  for (const name of names)
    bytes += new URLSearchParams({ '': name.replaceAll(/['\\\t\n\r]/g, '\\$&') }).toString().length + AROUND;
  return bytes;
}
