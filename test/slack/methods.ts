import { type Answer, type Arguments, Refused } from './refused.js';
import {
  type BlockJson,
  BOT_USER,
  type SlackStore,
  type StoredChannel,
  type StoredMessage,
  type ViewJson,
} from './store.js';
import { validateBlocks, validateView } from './validate-blocks.js';

/** A trigger opens one view, within three seconds of what the person did. */
const TRIGGER_LIFE = 3_000;

/** The Web API's methods that Redress uses, as they work on a workspace. They throw {@link Refused}. */
export function createMethods(store: SlackStore, now: () => number) {
  function post(args: Arguments): Answer {
    const channel = joined(store, args, 'id_or_name');
    const content = contentOf(store, args, 40_000);
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
    const content = contentOf(store, args, 4_000);
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
    const content = contentOf(store, args, 40_000);
    channel.ephemerals.push({
      user: args.user ?? '',
      text: content.text ?? '',
      blocks: content.blocks ?? [],
    });
    return { ok: true, message_ts: store.nextTs(now()) };
  }

  function history(args: Arguments): Answer {
    const channel = joined(store, args, 'id');
    const { oldest = '0', latest = '9999999999', inclusive } = args;
    const edge = inclusive === 'true';
    const shown = channel.messages.filter(
      ({ ts, thread_ts, subtype }) =>
        (thread_ts === undefined || subtype === 'thread_broadcast') &&
        (Number(ts) > Number(oldest) || (edge && ts === oldest)) &&
        (Number(ts) < Number(latest) || (edge && ts === latest)),
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

  function view(args: Arguments, type: 'modal' | 'home'): ViewJson {
    const shown = json(args.view ?? 'null', 'invalid_arguments');
    const problems = validateView(shown, type);
    if (problems.length > 0) throw new Refused('invalid_arguments', problems);
    return shown as ViewJson;
  }

  function openView(args: Arguments): Answer {
    const given = store.triggers.get(args.trigger_id ?? '');
    if (given === undefined) throw new Refused('invalid_trigger_id');
    if (now() - given > TRIGGER_LIFE) throw new Refused('expired_trigger_id');
    const modal = view(args, 'modal');
    // A trigger is used up by the first view that it opens.
    store.triggers.delete(args.trigger_id ?? '');
    store.modals.push(modal);
    return { ok: true, view: { id: store.nextId('V'), ...modal } };
  }

  function publishView(args: Arguments): Answer {
    if (!args.user_id) throw new Refused('invalid_arguments', ['[ERROR] missing required field: user_id']);
    const home = view(args, 'home');
    store.homes.set(args.user_id, home);
    return { ok: true, view: { id: store.nextId('V'), ...home } };
  }

  return {
    'views.open': openView,
    'views.publish': publishView,
    'conversations.open': (args: Arguments): Answer => {
      if (!/^[UW][A-Z0-9]+$/.test(args.users ?? '')) throw new Refused('user_not_found');
      return { ok: true, channel: { id: store.direct(args.users ?? '').id } };
    },
    'conversations.members': (args: Arguments): Answer => ({
      ok: true,
      members: joined(store, args, 'id').users,
      response_metadata: { next_cursor: '' },
    }),
    'usergroups.users.list': (args: Arguments): Answer => {
      const users = store.groups.get(args.usergroup ?? '');
      if (users === undefined) throw new Refused('no_such_subteam');
      return { ok: true, users };
    },
    'chat.postMessage': post,
    'chat.update': update,
    'chat.postEphemeral': postEphemeral,
    'conversations.history': history,
    'conversations.replies': replies,
    'conversations.list': (): Answer => ({
      ok: true,
      channels: store.channels
        .filter(({ direct }) => !direct)
        .map(({ id, name, member }) => ({ id, name, is_member: member })),
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

function contentOf(
  store: SlackStore,
  args: Arguments,
  longest: number,
): { text?: string; blocks?: BlockJson[] } {
  const blocks = args.blocks === undefined ? undefined : json(args.blocks, 'invalid_blocks_format');
  if (blocks !== undefined) {
    const problems = validateBlocks(blocks);
    if (problems.length > 0) throw new Refused('invalid_blocks', problems);
    const broken = unshowable(store, blocks as BlockJson[]);
    if (broken.length > 0) throw new Refused('invalid_blocks', broken);
  }
  if (!args.text && !(Array.isArray(blocks) && blocks.length > 0)) throw new Refused('no_text');
  if ((args.text ?? '').length > longest) throw new Refused('msg_too_long');
  return {
    ...(args.text === undefined ? {} : { text: args.text }),
    ...(blocks === undefined ? {} : { blocks: withIds(blocks as BlockJson[]) }),
  };
}

/** Files of the blocks that no message can show: they are not there, or Slack still looks at them. */
function unshowable(store: SlackStore, blocks: BlockJson[]): string[] {
  return blocks.flatMap(({ slack_file }, index) => {
    if (slack_file === undefined) return [];
    const file = store.file((slack_file as { id: string }).id);
    const ready = file?.complete === true && file.looksUntilReady === 0;
    return ready ? [] : [`[ERROR] invalid slack file [json-pointer:/blocks/${index}/slack_file]`];
  });
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
