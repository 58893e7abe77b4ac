import {
  type BlockJson,
  BOT_USER,
  type SlackStore,
  type StoredChannel,
  type StoredMessage,
} from './store.js';
import { validateBlocks } from './validate-blocks.js';

/** A method's arguments, as they come in a form: text, with JSON for what is structured. */
export type Arguments = Readonly<Record<string, string>>;
export type Answer = { ok: true } & Record<string, unknown>;

/** A refusal, with Slack's word for it. */
export class Refused extends Error {
  constructor(
    readonly error: string,
    readonly messages: readonly string[] = [],
  ) {
    super(error);
  }
}

/** The Web API's methods that Redress uses, as they work on a workspace. They throw {@link Refused}. */
export function createMethods(store: SlackStore, now: () => number) {
  function post(args: Arguments): Answer {
    const channel = joined(store, args, 'id_or_name');
    const content = contentOf(args, 40_000);
    const message: StoredMessage = {
      ts: store.nextTs(now()),
      channel: channel.id,
      user: BOT_USER,
      text: content.text ?? '',
      blocks: content.blocks ?? [],
      ...metadataOf(args),
    };
    if (args.thread_ts !== undefined) {
      if (store.message(channel, args.thread_ts) === undefined) throw new Refused('thread_not_found');
      message.thread_ts = args.thread_ts;
      if (args.reply_broadcast === 'true') message.subtype = 'thread_broadcast';
    }
    channel.messages.push(message);
    return { ok: true, channel: channel.id, ts: message.ts, message };
  }

  function update(args: Arguments): Answer {
    const channel = joined(store, args, 'id');
    const message = store.message(channel, args.ts ?? '');
    if (message === undefined) throw new Refused('message_not_found');
    if (message.user !== BOT_USER) throw new Refused('cant_update_message');
    const content = contentOf(args, 4_000);
    message.text = content.text ?? message.text;
    // Text without blocks takes the blocks away; what is left out otherwise stays.
    message.blocks = content.blocks ?? (content.text === undefined ? message.blocks : []);
    Object.assign(message, metadataOf(args));
    message.edited = { user: BOT_USER, ts: store.nextTs(now()) };
    return { ok: true, channel: channel.id, ts: message.ts, text: message.text, message };
  }

  function postEphemeral(args: Arguments): Answer {
    const channel = joined(store, args, 'id_or_name');
    if (!channel.users.includes(args.user ?? '')) throw new Refused('user_not_in_channel');
    const content = contentOf(args, 40_000);
    channel.ephemerals.push({
      user: args.user ?? '',
      text: content.text ?? '',
      blocks: content.blocks ?? [],
    });
    return { ok: true, message_ts: store.nextTs(now()) };
  }

  function history(args: Arguments): Answer {
    const channel = joined(store, args, 'id');
    const shown = channel.messages.filter(
      ({ thread_ts, subtype }) => thread_ts === undefined || subtype === 'thread_broadcast',
    );
    return page(shown.reverse(), args);
  }

  function replies(args: Arguments): Answer {
    const channel = joined(store, args, 'id');
    if (store.message(channel, args.ts ?? '') === undefined) throw new Refused('thread_not_found');
    return page(
      channel.messages.filter(({ ts, thread_ts }) => ts === args.ts || thread_ts === args.ts),
      args,
    );
  }

  return {
    'chat.postMessage': post,
    'chat.update': update,
    'chat.postEphemeral': postEphemeral,
    'conversations.history': history,
    'conversations.replies': replies,
    'conversations.list': (): Answer => ({
      ok: true,
      channels: store.channels.map(({ id, name, member }) => ({ id, name, is_member: member })),
      response_metadata: { next_cursor: '' },
    }),
    'auth.test': (): Answer => ({
      ok: true,
      url: 'https://stand-in.slack.com/',
      team: 'Stand-in',
      user: 'redress',
      team_id: 'T0STANDIN',
      user_id: BOT_USER,
      bot_id: 'B0REDRESS',
    }),
  } satisfies Record<string, (args: Arguments) => Answer>;
}

function joined(store: SlackStore, args: Arguments, by: 'id' | 'id_or_name'): StoredChannel {
  const channel = store.find(args.channel ?? '', by);
  if (channel === undefined) throw new Refused('channel_not_found');
  if (!channel.member) throw new Refused('not_in_channel');
  return channel;
}

function contentOf(args: Arguments, longest: number): { text?: string; blocks?: BlockJson[] } {
  const blocks = args.blocks === undefined ? undefined : json(args.blocks, 'invalid_blocks_format');
  if (blocks !== undefined) {
    const problems = validateBlocks(blocks);
    if (problems.length > 0) throw new Refused('invalid_blocks', problems);
  }
  if (!args.text && !(Array.isArray(blocks) && blocks.length > 0)) throw new Refused('no_text');
  if ((args.text ?? '').length > longest) throw new Refused('msg_too_long');
  return {
    ...(args.text === undefined ? {} : { text: args.text }),
    ...(blocks === undefined ? {} : { blocks: withIds(blocks as BlockJson[]) }),
  };
}

/** Slack makes up the ids that an app leaves out. */
function withIds(blocks: BlockJson[]): BlockJson[] {
  return blocks.map((block, index) => ({ block_id: `b${index}`, ...block }));
}

function metadataOf(args: Arguments): Pick<StoredMessage, 'metadata'> {
  if (args.metadata === undefined) return {};
  const metadata = json(args.metadata, 'invalid_metadata_format') as StoredMessage['metadata'];
  if (typeof metadata?.event_type !== 'string' || typeof metadata.event_payload !== 'object')
    throw new Refused('invalid_metadata_schema');
  return { metadata };
}

function page(messages: StoredMessage[], args: Arguments): Answer {
  const from = Number(args.cursor ?? 0);
  const limit = Math.min(Number(args.limit ?? 100), 999);
  const withMetadata = args.include_all_metadata === 'true';
  const shown = messages.slice(from, from + limit).map(({ metadata, ...message }) => ({
    type: 'message',
    ...message,
    ...(withMetadata && metadata !== undefined ? { metadata } : {}),
  }));
  const more = from + limit < messages.length;
  return {
    ok: true,
    messages: shown,
    has_more: more,
    response_metadata: { next_cursor: more ? String(from + limit) : '' },
  };
}

function json(text: string, error: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused(error);
  }
}
