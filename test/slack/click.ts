import { createHmac } from 'node:crypto';
import type { BlockJson, StoredChannel, StoredMessage } from './store.js';

export interface ClickRequest {
  body: string;
  headers: Record<string, string>;
}

export interface ClickSettings {
  signingSecret: string;
  /** Epoch ms. */
  now: number;
  user: { id: string; name: string };
  responseUrl: string;
}

/**
 * The request that Slack sends when a person clicks a message's button, signed. Throws when the message has no
 * such button, because nobody could click it.
 */
export function clickRequest(
  actionId: string,
  message: StoredMessage,
  channel: StoredChannel,
  settings: ClickSettings,
): ClickRequest {
  const { signingSecret, now, user, responseUrl } = settings;
  const button = buttonsOf(message).find(({ element }) => element.action_id === actionId);
  if (button === undefined) throw new Error(`message ${message.ts} has no button ${actionId}`);
  const timestamp = String(Math.floor(now / 1_000));
  const payload = {
    type: 'block_actions',
    user: { id: user.id, username: user.name, name: user.name, team_id: 'T0STANDIN' },
    api_app_id: 'A0REDRESS',
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: channel.id,
      is_ephemeral: false,
    },
    trigger_id: `${timestamp}.1.click`,
    team: { id: 'T0STANDIN', domain: 'stand-in' },
    channel: { id: channel.id, name: channel.name },
    message: { type: 'message', ...message },
    response_url: responseUrl,
    actions: [{ ...button.element, block_id: button.blockId, action_ts: `${timestamp}.000001` }],
  };
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const signature = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
  return {
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${signature}`,
    },
  };
}

function buttonsOf(message: StoredMessage): { element: BlockJson; blockId: unknown }[] {
  return message.blocks
    .filter((block) => block.type === 'actions')
    .flatMap((block) =>
      (block.elements as BlockJson[]).map((element) => ({ element, blockId: block.block_id })),
    );
}
