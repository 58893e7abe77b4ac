import { oneLine } from './wording.js';

/**
 * Text from data as Slack takes it: one line, the three control characters escaped, and cut with "…" so that
 * the escaped text is no longer than `limit` UTF-16 units and no escape or character is cut in half.
 */
export function slackText(text: string, limit: number): string {
  const clean = oneLine(text);
  let fitted = '';
  for (const character of clean) {
    const escaped = ESCAPES[character] ?? character;
    if (fitted.length + escaped.length > limit) return `${shortenTo(fitted, limit - 1)}…`;
    fitted += escaped;
  }
  return fitted;
}

/** A link, or the plain text where the address is none or is too long to be kept whole. */
export function slackLink(address: string | null, text: string): string {
  const label = slackText(text, 200);
  if (address === null || address.length > 1_000) return label;
  const escaped = address.replaceAll('|', '%7C').replaceAll('&', '&amp;').replaceAll('<', '%3C');
  return `<${escaped.replaceAll('>', '%3E')}|${label}>`;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Drops whole characters and whole escapes from the end until the text fits. */
function shortenTo(escaped: string, limit: number): string {
  let text = escaped;
  while (text.length > limit) text = text.replace(/(?:&(?:amp|lt|gt);|.)$/su, '');
  return text;
}
