/** A message as the stand-in keeps it; the fields are Slack's. */
export interface StoredMessage {
  ts: string;
  channel: string;
  user: string;
  text: string;
  blocks: BlockJson[];
  metadata?: { event_type: string; event_payload: Record<string, unknown> };
  thread_ts?: string;
  /** Set on a reply that is shown in the channel as well. */
  subtype?: 'thread_broadcast';
  edited?: { user: string; ts: string };
}

export type BlockJson = Record<string, unknown> & { type?: string };

export interface ViewJson {
  type: 'modal' | 'home';
  callback_id?: string;
  private_metadata?: string;
  blocks: BlockJson[];
  title?: { text: string };
}

export interface StoredChannel {
  id: string;
  name: string;
  /** Whether our bot is in it. */
  member: boolean;
  /** A conversation with one person. */
  direct: boolean;
  users: string[];
  /** Everything that was posted, replies included, in order. */
  messages: StoredMessage[];
  ephemerals: { user: string; text: string; blocks: BlockJson[] }[];
}

/** A file on its way or there: uploaded once its bytes have come, complete when the app has said so. */
export interface StoredFile {
  id: string;
  name: string;
  length: number;
  bytes: Buffer | null;
  complete: boolean;
  /** Slack looks at a file for a while before a message can show it: so many looks of ours it takes. */
  looksUntilReady: number;
  deleted: boolean;
}

export const BOT_USER = 'U0REDRESS';

/** The workspace: conversations, files and views, and what is in them. */
export class SlackStore {
  readonly channels: StoredChannel[] = [];
  readonly files: StoredFile[] = [];
  readonly groups = new Map<string, string[]>();
  /** The modals that were opened, oldest first. */
  readonly modals: ViewJson[] = [];
  /** The newest App Home of each person. */
  readonly homes = new Map<string, ViewJson>();
  /** Triggers that were given out, and when; each opens one view. */
  readonly triggers = new Map<string, number>();
  #sequence = 0;

  addChannel(channel: {
    id: string;
    name: string;
    member?: boolean;
    direct?: boolean;
    users?: string[];
  }): StoredChannel {
    const stored = { member: true, direct: false, users: [], ...channel, messages: [], ephemerals: [] };
    this.channels.push(stored);
    return stored;
  }

  /** Our conversation with a person, which is there as soon as somebody looks for it. */
  direct(user: string): StoredChannel {
    const id = `D${user.slice(1)}`;
    return (
      this.channels.find((channel) => channel.id === id) ??
      this.addChannel({ id, name: id, direct: true, users: [user] })
    );
  }

  /** By id, or where a method takes names, by name with or without the `#`, or by a person's id. */
  find(reference: string, by: 'id' | 'id_or_name'): StoredChannel | undefined {
    const name = reference.replace(/^#/, '');
    const known = this.channels.find(
      (channel) => channel.id === reference || (by === 'id_or_name' && channel.name === name),
    );
    if (known === undefined && by === 'id_or_name' && /^[UW][A-Z0-9]+$/.test(reference))
      return this.direct(reference);
    return known;
  }

  message(channel: StoredChannel, ts: string): StoredMessage | undefined {
    return channel.messages.find((message) => message.ts === ts);
  }

  file(id: string): StoredFile | undefined {
    return this.files.find((file) => file.id === id && !file.deleted);
  }

  /** Timestamps are the messages' identity within a channel: seconds, and a part that never comes twice. */
  nextTs(now: number): string {
    this.#sequence += 1;
    return `${Math.floor(now / 1_000)}.${String(this.#sequence).padStart(6, '0')}`;
  }

  nextId(prefix: string): string {
    this.#sequence += 1;
    return `${prefix}0${String(this.#sequence).padStart(9, '0')}`;
  }
}
