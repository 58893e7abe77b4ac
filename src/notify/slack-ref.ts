import type { Target } from '../model/alert.js';

/** Where a message is. */
export interface MessageRef {
  channel: string;
  ts: string;
}

/** The message that others hang on was deleted; its subject needs a new one. */
export const ROOT_GONE: ReadonlySet<string> = new Set(['message_not_found', 'thread_not_found']);

/** What stands behind a target's scheme: `#channel`, or the id of a channel or a person. */
export function nameOf(target: Target): string {
  return target.slice(target.indexOf(':') + 1);
}

/** As a delivery keeps it: `channelId:ts`. */
export function formatRef(message: { channel?: string; ts?: string }): string {
  return `${message.channel ?? ''}:${message.ts ?? ''}`;
}

/** Null for what is no reference to a message. */
export function parseRef(ref: string): MessageRef | null {
  const match = /^([A-Z0-9]+):(\d+\.\d+)$/.exec(ref);
  return match?.[1] === undefined || match[2] === undefined ? null : { channel: match[1], ts: match[2] };
}
