import type { MessageContext } from './alert-words.js';
import { consoleNotifier } from './console.js';
import type { Router } from './index.js';

/**
 * Takes every message for every target as sent and prints it: for replays, where the people on the other end
 * must not hear of what is long over.
 */
export function recordingRouter(print: (text: string) => void, context: MessageContext): Router {
  const notifier = consoleNotifier(print, context);
  return {
    send: (target, notification) => notifier.send(target, notification),
    find: async () => null,
  };
}
