import { RedressError } from './errors.js';

/** The whole: the slice of no dimension. */
export const ALL = 'all';

/** Dimension names to values, for one slice. */
export type SliceLabels = Readonly<Record<string, string>>;

/**
 * Writes a slice as `category=toys,region=GB`, dimensions in alphabetical order, `all` for none. The three
 * signs of the notation are percent-encoded in values, so that the text can be read back exactly.
 */
export function formatSlice(labels: SliceLabels): string {
  const names = Object.keys(labels).sort();
  return sliceOf(
    names,
    names.map((name) => labels[name] ?? ''),
  );
}

/** The same for names that are in alphabetical order already, with their values. */
export function sliceOf(names: readonly string[], values: readonly string[]): string {
  if (names.length === 0) return ALL;
  let slice = '';
  for (const [i, name] of names.entries())
    slice += `${i === 0 ? '' : ','}${encode(name)}=${encode(values[i] ?? '')}`;
  return slice;
}

/** Reads what {@link formatSlice} wrote. Throws `usage` on any other text. */
export function parseSlice(slice: string): SliceLabels {
  if (slice === ALL) return {};
  const labels: Record<string, string> = {};
  for (const part of slice.split(',')) {
    const at = part.indexOf('=');
    if (at < 1) throw new RedressError('usage', `slice '${slice}': '${part}' is not dimension=value`);
    labels[decode(part.slice(0, at))] = decode(part.slice(at + 1));
  }
  return labels;
}

/** True when every label of `parent` is also one of `child`, and `child` has more. */
export function isParentSlice(parent: SliceLabels, child: SliceLabels): boolean {
  const names = Object.keys(parent);
  return names.length < Object.keys(child).length && names.every((name) => child[name] === parent[name]);
}

const encode = (text: string): string =>
  /[%,=]/.test(text) ? text.replaceAll('%', '%25').replaceAll(',', '%2C').replaceAll('=', '%3D') : text;
const decode = (text: string): string =>
  text.replaceAll('%3D', '=').replaceAll('%2C', ',').replaceAll('%25', '%');
