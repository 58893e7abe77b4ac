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

export interface StoredChannel {
  id: string;
  name: string;
  /** Whether our bot is in it. */
  member: boolean;
  users: string[];
  /** Everything that was posted, replies included, in order. */
  messages: StoredMessage[];
  ephemerals: { user: string; text: string; blocks: BlockJson[] }[];
}

export const BOT_USER = 'U0REDRESS';

/** The workspace: channels and what is in them. */
export class SlackStore {
  readonly channels: StoredChannel[] = [];
  #sequence = 0;

  addChannel(channel: { id: string; name: string; member?: boolean; users?: string[] }): StoredChannel {
    const stored = { member: true, users: [], ...channel, messages: [], ephemerals: [] };
    this.channels.push(stored);
    return stored;
  }

  /** By id, or where a method takes names, by name with or without the `#`. */
  find(reference: string, by: 'id' | 'id_or_name'): StoredChannel | undefined {
    const name = reference.replace(/^#/, '');
    return this.channels.find(
      (channel) => channel.id === reference || (by === 'id_or_name' && channel.name === name),
    );
  }

  message(channel: StoredChannel, ts: string): StoredMessage | undefined {
    return channel.messages.find((message) => message.ts === ts);
  }

  /** Timestamps are the messages' identity within a channel: seconds, and a part that never comes twice. */
  nextTs(now: number): string {
    this.#sequence += 1;
    return `${Math.floor(now / 1_000)}.${String(this.#sequence).padStart(6, '0')}`;
  }
}
