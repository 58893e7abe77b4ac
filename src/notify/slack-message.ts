import { alertMessage, changeMessage } from './alert-message.js';
import type { MessageContext } from './alert-words.js';
import type { Notification, RefreshedAlert } from './contract.js';
import { digestBlocks, digestTitle } from './digest-message.js';
import { followUpChangeMessage, followUpMessage } from './follow-up-message.js';
import { reminderMessage } from './reminder-message.js';
import type { SlackMessage } from './slack-blocks.js';
import type { ChartImage } from './slack-chart-image.js';
import { slackText } from './slack-text.js';

/** The message that a subject has in a channel, showing it as it is now; an alert's and a digest's with its chart, if there is one. */
export function slackMessage(
  notification: Notification | RefreshedAlert,
  context: MessageContext,
  chart: ChartImage | null,
): SlackMessage {
  switch (notification.kind) {
    case 'alert':
      return alertMessage(notification, context, chart);
    case 'follow_up':
      return followUpMessage(notification, context);
    case 'reminder':
      return reminderMessage(notification);
    case 'digest': {
      const { digest } = notification;
      const [heading, ...sections] = digestBlocks(digest, notification);
      return {
        text: slackText(digestTitle(digest, notification), 1_000),
        blocks: [heading, chart?.block, ...sections].filter((block) => block !== undefined),
      };
    }
  }
}

/** What has changed, for the thread of a message that is there already; null for what is said once only. */
export function slackChange(notification: Notification, context: MessageContext): SlackMessage | null {
  switch (notification.kind) {
    case 'alert':
      return changeMessage(notification, context);
    case 'follow_up':
      return followUpChangeMessage(notification);
    default:
      return null;
  }
}
