import type { FormAnswer, SlackReply } from './slack-inbound.js';

/** What goes back to Slack with its own request (docs.slack.dev, "Slash commands", "Modals"). */

/** The answer to a command, which nobody else sees. */
export function commandAnswer(reply: Exclude<SlackReply, null>): object {
  return { response_type: 'ephemeral', ...(typeof reply === 'string' ? { text: reply } : reply) };
}

/** What is wrong with a form, at its fields. */
export function fieldErrors(fields: Readonly<Record<string, string>>): object {
  return { response_action: 'errors', errors: fields };
}

/** What becomes of a form that was sent: it closes, or stays with what is wrong, or says that nothing was done. */
export function formAnswer(answer: FormAnswer, formId: string): object | null {
  switch (answer.outcome) {
    case 'done':
      return null;
    case 'invalid':
      return fieldErrors(answer.fields);
    case 'refused':
      return {
        response_action: 'update',
        view: {
          type: 'modal',
          callback_id: `${formId}_refused`,
          title: { type: 'plain_text', text: 'Nothing was changed' },
          close: { type: 'plain_text', text: 'Close' },
          blocks: [{ type: 'section', text: { type: 'mrkdwn', text: answer.text } }],
        },
      };
  }
}
