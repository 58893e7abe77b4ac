import { RedressError } from '../model/errors.js';
import type { SlackMessage } from '../notify/slack-blocks.js';

const TIMEOUT = 5_000;

/**
 * Says something to the person alone who did something (Slack, "Handling user interaction": `response_url`), and
 * leaves the message that was clicked on as it is. Throws a retryable `target_unavailable` when Slack does not
 * take it.
 */
export async function replyInSlack(responseUrl: string, message: SlackMessage | string): Promise<void> {
  let status: number;
  try {
    const response = await fetch(responseUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({
        response_type: 'ephemeral',
        replace_original: false,
        ...(typeof message === 'string' ? { text: message } : message),
      }),
      signal: AbortSignal.timeout(TIMEOUT),
    });
    await response.body?.cancel();
    status = response.status;
  } catch (cause) {
    throw new RedressError('target_unavailable', 'Slack cannot be reached', { cause, retryable: true });
  }
  if (status < 200 || status > 299) {
    const message = `Slack answered ${status} to a reply`;
    throw new RedressError('target_unavailable', message, { retryable: true });
  }
}
