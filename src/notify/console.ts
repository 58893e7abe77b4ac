import { alertWords, type MessageContext } from './alert-words.js';
import { changeWords, whyWords } from './change-words.js';
import type { AlertNotification, Notification, Notifier } from './contract.js';
import { dashboardAddress } from './dashboard-link.js';
import { digestMarkdown } from './digest-message.js';
import { followUpChange } from './follow-up-words.js';
import { reminderWords } from './reminder-message.js';
import { oneLine } from './wording.js';

/** Writes messages as readable text. It has no `find`: a terminal cannot be asked what it has shown. */
export function consoleNotifier(print: (text: string) => void, context: MessageContext): Notifier {
  return {
    scheme: 'console',
    send(_target, notification) {
      print(consoleText(notification, context));
      return Promise.resolve({ outcome: 'sent', messageRef: 'console' });
    },
  };
}

function consoleText(notification: Notification, context: MessageContext): string {
  switch (notification.kind) {
    case 'alert':
      return alertText(notification, context);
    case 'follow_up':
      return oneLine(followUpChange(notification));
    case 'reminder': {
      const { headline, lines } = reminderWords(notification);
      return [oneLine(headline), ...lines.map((line) => `  ${oneLine(line)}`)].join('\n');
    }
    case 'digest':
      return digestMarkdown(notification.digest, notification);
  }
}

/** The first message about an alert in full, a later one as a headline and what has changed. */
function alertText(notification: AlertNotification, context: MessageContext): string {
  const words = alertWords(notification, context);
  if (notification.rootRef !== '')
    return [oneLine(words.headline), `  ${oneLine(changeWords(notification, context))}`].join('\n');
  const address = dashboardAddress(notification.alert, context.dashboardsUrl);
  return [
    oneLine(words.headline),
    ...(words.summary === '' ? [] : [`  ${oneLine(words.summary)}`]),
    ...words.facts.map(({ label, text }) => `  ${`${label}:`.padEnd(11)}${oneLine(text)}`),
    ...words.lists.flatMap(({ label, lines }) =>
      lines.map((line, index) => `  ${(index === 0 ? `${label}:` : '').padEnd(11)}${oneLine(line)}`),
    ),
    `  ${'Why:'.padEnd(11)}${whyWords(notification.delivery.reason)}`,
    ...(address === null ? [] : [`  ${'Dashboard:'.padEnd(11)}${address}`]),
  ].join('\n');
}
