import { alertMessage, changeMessage } from './alert-message.js';
import type { MessageContext } from './alert-words.js';
import type { Notification } from './contract.js';
import { digestBlocks, digestTitle } from './digest-message.js';
import { followUpChangeMessage, followUpMessage } from './follow-up-message.js';
import { reminderMessage } from './reminder-message.js';
import { type SlackMessage, slackText } from './slack-text.js';

/** The message that a subject has in a channel, showing it as it is now. */
export function slackMessage(notification: Notification, context: MessageContext): SlackMessage {
  switch (notification.kind) {
    case 'alert':
      return alertMessage(notification, context);
    case 'follow_up':
      return followUpMessage(notification, context);
    case 'reminder':
      return reminderMessage(notification);
    case 'digest': {
      const { digest } = notification;
      return {
        text: slackText(digestTitle(digest, notification), 1_000),
        blocks: digestBlocks(digest, notification),
      };
    }
  }
}

/** What has changed, for the thread of a message that is there already; null for what is said once only. */
export function slackChange(notification: Notification): SlackMessage | null {
  switch (notification.kind) {
    case 'alert':
      return changeMessage(notification);
    case 'follow_up':
      return followUpChangeMessage(notification);
    default:
      return null;
  }
}
