/**
 * The pattern (RE2) of texts that have a value in them as a word of its own, so that erasing `b-4` leaves what names
 * `b-42` alone. Looks for the value as it is, as JSON writes it and as CSV quotes it.
 */
export function naming(value: string): string {
  const json = JSON.stringify(value).slice(1, -1);
  const ascii = json.replace(
    /[^ -~]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const spellings = new Set([value, json, ascii, value.replaceAll('"', '""')]);
  const literals = [...spellings].map((spelling) => spelling.replace(/[!-/:-@[-`{-~]/g, '\\$&'));
  return `(^|[^0-9A-Za-z_-])(${literals.join('|')})($|[^0-9A-Za-z_-])`;
}
