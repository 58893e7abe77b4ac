/** What the buttons of one block are about: its kind, such as `alert`, its id, and the version that is shown. */
export interface SlackSubject {
  kind: string;
  id: string;
  version: number;
}

/** Slack's limit of a `block_id`. */
const LONGEST = 255;

/**
 * A subject as the `block_id` of the block whose buttons and menus are about it, because that comes back with a
 * click on any of them, while an option of a menu has no room for it. Null when it is too long: an id that was
 * cut could name something else, so that costs the buttons instead.
 */
export function slackSubject({ kind, id, version }: SlackSubject): string | null {
  const text = `${kind}|${version}|${id}`;
  return text.length > LONGEST || id === '' ? null : text;
}

/** Reads what {@link slackSubject} wrote; null for anything else. */
export function parseSlackSubject(blockId: string): SlackSubject | null {
  const [, kind, version, id] = /^([a-z_]+)\|(\d{1,15})\|(.+)$/s.exec(blockId) ?? [];
  if (kind === undefined || version === undefined || id === undefined) return null;
  return { kind, id, version: Number(version) };
}
