import { z } from 'zod';
import { SLACK_ACTION } from '../notify/contract.js';

/** A person's click on one of our buttons. */
export interface SlackInteraction {
  action: 'acknowledge' | 'follow_up';
  alertId: string;
  /** The alert's version that the person saw. */
  version: number;
  user: { id: string; name: string };
  /** The channel's id. */
  channel: string;
  messageTs: string;
  /** Takes answers for the person alone for half an hour. Empty when Slack gave none. */
  responseUrl: string;
}

export type DecodedInteraction =
  | { ok: true; interaction: SlackInteraction }
  | {
      ok: false;
      reason: 'no_payload' | 'malformed_json' | 'not_a_click' | 'unknown_action' | 'invalid_value';
    };

const ClickSchema = z.object({
  type: z.literal('block_actions'),
  user: z.object({ id: z.string().min(1), name: z.string().optional(), username: z.string().optional() }),
  container: z.object({ channel_id: z.string().min(1), message_ts: z.string().min(1) }),
  actions: z.array(z.object({ action_id: z.string(), value: z.string().optional() })).min(1),
  response_url: z.string().default(''),
});

const ValueSchema = z.object({ alertId: z.string().min(1), version: z.int().min(1) });

/** Reads the form-encoded body of Slack's interaction request. Never throws; what is not ours is a reason. */
export function decodeSlackInteraction(body: string): DecodedInteraction {
  const payload = new URLSearchParams(body).get('payload');
  if (payload === null) return { ok: false, reason: 'no_payload' };
  const json = parseJson(payload);
  if (json === undefined) return { ok: false, reason: 'malformed_json' };
  const click = ClickSchema.safeParse(json);
  if (!click.success) return { ok: false, reason: 'not_a_click' };
  const { user, container, actions, response_url } = click.data;
  const clicked = actions[0];
  const action = clicked === undefined ? undefined : ACTIONS.get(clicked.action_id);
  if (clicked === undefined || action === undefined) return { ok: false, reason: 'unknown_action' };
  const value = ValueSchema.safeParse(parseJson(clicked.value ?? ''));
  if (!value.success) return { ok: false, reason: 'invalid_value' };
  return {
    ok: true,
    interaction: {
      action,
      ...value.data,
      user: { id: user.id, name: user.name ?? user.username ?? user.id },
      channel: container.channel_id,
      messageTs: container.message_ts,
      responseUrl: response_url,
    },
  };
}

const ACTIONS: ReadonlyMap<string, SlackInteraction['action']> = new Map([
  [SLACK_ACTION.acknowledge, 'acknowledge'],
  [SLACK_ACTION.followUp, 'follow_up'],
]);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
