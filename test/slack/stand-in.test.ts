import { ErrorCode, WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SlackStandIn } from './stand-in.js';
import { BOT_USER } from './store.js';

let slack: SlackStandIn;
let client: WebClient;

const clientOf = (token: string | undefined): WebClient =>
  new WebClient(token, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: 1_000,
    logger: {
      debug() {},
      info() {},
      warn() {},
      error() {},
      setLevel() {},
      getLevel: () => 'error' as never,
      setName() {},
    },
  });

/** Slack's word for the refusal and its messages, or `accepted`. */
async function refusal(call: Promise<unknown>): Promise<{ word: string; messages: string[] }> {
  try {
    await call;
    return { word: 'accepted', messages: [] };
  } catch (error) {
    const { data } = error as { data?: { error: string; response_metadata?: { messages?: string[] } } };
    if (data === undefined) throw error;
    return { word: data.error, messages: data.response_metadata?.messages ?? [] };
  }
}

const post = (changes: Record<string, unknown>): Promise<unknown> =>
  client.apiCall('chat.postMessage', { channel: 'C0ONE', text: 'hello', ...changes });

beforeEach(async () => {
  slack = await SlackStandIn.start();
  slack.addChannel({ id: 'C0ONE', name: 'one', users: ['U0ANN'] });
  slack.addChannel({ id: 'C0TWO', name: 'two', member: false });
  client = clientOf(slack.token);
});

afterEach(() => slack.stop());

describe('the stand-in refuses what Slack refuses', () => {
  test('a call without a token, or with a wrong one', async () => {
    expect(await refusal(clientOf(undefined).auth.test())).toMatchObject({ word: 'not_authed' });
    expect(await refusal(clientOf('xoxb-other').auth.test())).toMatchObject({ word: 'invalid_auth' });
    expect(await client.auth.test()).toMatchObject({ ok: true, user_id: BOT_USER });
  });

  test.each([
    ['an unknown channel', { channel: '#nowhere' }, 'channel_not_found'],
    ['a channel that the bot is not in', { channel: '#two' }, 'not_in_channel'],
    ['a message without text and blocks', { text: '' }, 'no_text'],
    ['text of 40,001 characters', { text: 'x'.repeat(40_001) }, 'msg_too_long'],
    ['a thread of no message', { thread_ts: '1.000001' }, 'thread_not_found'],
    ['blocks that are not JSON', { blocks: '[{' }, 'invalid_blocks_format'],
    ['metadata without a payload', { metadata: { event_type: 'x' } }, 'invalid_metadata_schema'],
  ])('%s', async (_what, changes, word) => {
    expect(await refusal(post(changes))).toMatchObject({ word });
    expect(slack.channel('one').messages).toEqual([]);
  });

  const markdown = (text: string) => ({ type: 'mrkdwn', text });
  const plain = (text: string) => ({ type: 'plain_text', text });
  const section = (length: number) => ({ type: 'section', text: markdown('x'.repeat(length)) });
  const button = (changes: object) => ({
    type: 'actions',
    elements: [{ type: 'button', text: plain('Go'), action_id: 'go', value: 'v', ...changes }],
  });

  test.each([
    ['51 blocks', Array(51).fill({ type: 'divider' }), '/blocks]'],
    ['a section of 3,001 characters', [section(3_001)], '/blocks/0/text/text]'],
    ['a field of 2,001', [{ type: 'section', fields: [markdown('x'.repeat(2_001))] }], '/fields/0/text]'],
    ['11 fields', [{ type: 'section', fields: Array(11).fill(markdown('x')) }], '/blocks/0/fields]'],
    ['an empty section', [{ type: 'section' }], '/blocks/0]'],
    ['empty text', [section(0)], '/blocks/0/text/text]'],
    ['a header of 151', [{ type: 'header', text: plain('x'.repeat(151)) }], '/blocks/0/text/text]'],
    ['a header in markdown', [{ type: 'header', text: markdown('x') }], '/blocks/0/text/type]'],
    ['a context without elements', [{ type: 'context', elements: [] }], '/blocks/0/elements]'],
    ['a button text of 76', [button({ text: plain('x'.repeat(76)) })], '/elements/0/text/text]'],
    ['a button value of 2,001', [button({ value: 'x'.repeat(2_001) })], '/elements/0/value]'],
    ['an action_id of 256', [button({ action_id: 'x'.repeat(256) })], '/elements/0/action_id]'],
    ['a style of its own', [button({ style: 'green' })], '/elements/0/style]'],
    ['an image without alt text', [{ type: 'image', image_url: 'https://x.test/a.png' }], '/alt_text]'],
    ['one block_id twice', [1, 2].map(() => ({ type: 'divider', block_id: 'same' })), '/blocks/1/block_id]'],
    ['a block_id of 256', [{ type: 'divider', block_id: 'x'.repeat(256) }], '/blocks/0/block_id]'],
    ['a field that no block has', [{ type: 'divider', colour: 'red' }], '/blocks/0]'],
    ['an unknown block', [{ type: 'chart' }], '/blocks/0/type]'],
  ])('%s', async (_what, blocks, pointer) => {
    const { word, messages } = await refusal(post({ blocks }));
    expect(word).toBe('invalid_blocks');
    expect(messages.join()).toContain(pointer);
  });

  test('nothing that is exactly at the limits', async () => {
    const blocks = [
      { type: 'header', text: plain('x'.repeat(150)) },
      section(3_000),
      button({ text: plain('x'.repeat(75)), value: 'x'.repeat(2_000), action_id: 'x'.repeat(255) }),
      ...Array(47).fill({ type: 'divider' }),
    ];
    expect(await refusal(post({ blocks }))).toMatchObject({ word: 'accepted' });
  });

  test('an edit by name, of nothing, of another person’s message, or of more than 4,000 characters', async () => {
    const channel = slack.channel('one');
    const { ts = '' } = await client.chat.postMessage({ channel: 'C0ONE', text: 'mine' });
    channel.messages.push({ ts: '2.000001', channel: 'C0ONE', user: 'U0ANN', text: 'hers', blocks: [] });
    const edit = (changes: object) =>
      refusal(client.chat.update({ channel: 'C0ONE', ts, text: 'new', ...changes }));
    expect(await edit({ channel: '#one' })).toMatchObject({ word: 'channel_not_found' });
    expect(await edit({ ts: '9.000009' })).toMatchObject({ word: 'message_not_found' });
    expect(await edit({ ts: '2.000001' })).toMatchObject({ word: 'cant_update_message' });
    expect(await edit({ text: 'x'.repeat(4_001) })).toMatchObject({ word: 'msg_too_long' });
    expect(await edit({})).toMatchObject({ word: 'accepted' });
    expect(channel.messages.map(({ text }) => text)).toEqual(['new', 'hers']);
  });

  test('a note to a person who is not in the channel', async () => {
    const whisper = (user: string) =>
      refusal(client.chat.postEphemeral({ channel: 'C0ONE', user, text: 'too late' }));
    expect(await whisper('U0BOB')).toMatchObject({ word: 'user_not_in_channel' });
    expect(await whisper('U0ANN')).toMatchObject({ word: 'accepted' });
    expect(slack.channel('one').ephemerals).toMatchObject([{ user: 'U0ANN', text: 'too late' }]);
  });
});

describe('the stand-in is as strict with what people are shown', () => {
  const view = { type: 'modal', title: plainText('T'), blocks: [{ type: 'divider' }] };

  test('a call that the token has no scope for', async () => {
    const strict = await SlackStandIn.start({ scopes: ['chat:write'] });
    try {
      strict.addChannel({ id: 'C0ONE', name: 'one' });
      const bound = new WebClient(strict.token, { slackApiUrl: strict.apiUrl, retryConfig: { retries: 0 } });
      expect(await refusal(bound.conversations.history({ channel: 'C0ONE' }))).toMatchObject({
        word: 'missing_scope',
      });
      expect(await refusal(bound.chat.postMessage({ channel: 'C0ONE', text: 'x' }))).toMatchObject({
        word: 'accepted',
      });
    } finally {
      await strict.stop();
    }
  });

  test('a modal without a trigger, with one that was used, or of another shape', async () => {
    const open = (trigger_id: string, changes: object = {}) =>
      refusal(client.apiCall('views.open', { trigger_id, view: { ...view, ...changes } }));
    slack.store.triggers.set('t', Date.now());
    expect(await open('none')).toMatchObject({ word: 'invalid_trigger_id' });
    expect(await open('t', { title: plainText('x'.repeat(25)) })).toMatchObject({
      word: 'invalid_arguments',
    });
    const input = {
      type: 'input',
      label: plainText('L'),
      element: { type: 'plain_text_input', action_id: 'value' },
    };
    expect(await open('t', { blocks: [input] }), 'inputs want a submit').toMatchObject({
      word: 'invalid_arguments',
    });
    expect(await open('t', { blocks: [input], submit: plainText('Go') })).toMatchObject({ word: 'accepted' });
    expect(await open('t')).toMatchObject({ word: 'invalid_trigger_id' });
    slack.store.triggers.set('old', Date.now() - 3_100);
    expect(await open('old')).toMatchObject({ word: 'expired_trigger_id' });
  });

  test('a message that shows a file which is not there, or not ready', async () => {
    const image = (id: string) => ({ blocks: [{ type: 'image', alt_text: 'a', slack_file: { id } }] });
    expect(await refusal(post(image('F1')))).toMatchObject({ word: 'invalid_blocks' });
    expect(await refusal(post(image('F012345678')))).toMatchObject({ word: 'invalid_blocks' });
    const uploaded = await client.filesUploadV2({ file: Buffer.from('PNG'), filename: 'a.png' });
    const id = uploaded.files[0]?.files?.[0]?.id ?? '';
    expect(await refusal(post(image(id)))).toMatchObject({ word: 'invalid_blocks' });
    await client.files.info({ file: id });
    await client.files.info({ file: id });
    expect(await refusal(post(image(id)))).toMatchObject({ word: 'accepted' });
  });

  test('an upload of other bytes than were announced', async () => {
    const { upload_url, file_id } = await client.files.getUploadURLExternal({ filename: 'a.png', length: 3 });
    expect((await fetch(upload_url ?? '', { method: 'POST', body: 'four' })).status).toBe(400);
    const complete = client.files.completeUploadExternal({ files: [{ id: file_id ?? '', title: 'a' }] });
    expect(await refusal(complete)).toMatchObject({ word: 'file_not_found' });
  });
});

function plainText(text: string) {
  return { type: 'plain_text', text };
}

describe('the stand-in reads back what was posted', () => {
  test('history shows roots and broadcast replies, newest first, metadata only when asked for', async () => {
    const metadata = { event_type: 'e', event_payload: { id: '1' } };
    const root = await client.chat.postMessage({ channel: '#one', text: 'root', metadata });
    const thread_ts = root.ts ?? '';
    await client.chat.postMessage({ channel: '#one', text: 'quiet', thread_ts });
    await client.chat.postMessage({ channel: '#one', text: 'loud', thread_ts, reply_broadcast: true });
    const history = await client.conversations.history({ channel: 'C0ONE', include_all_metadata: true });
    expect(history.messages?.map(({ text }) => text)).toEqual(['loud', 'root']);
    expect(history.messages?.[1]?.metadata).toEqual(metadata);
    const bare = await client.conversations.history({ channel: 'C0ONE', limit: 1 });
    expect(bare).toMatchObject({ has_more: true, response_metadata: { next_cursor: '1' } });
    const thread = await client.conversations.replies({ channel: 'C0ONE', ts: thread_ts });
    expect(thread.messages?.map(({ text }) => text)).toEqual(['root', 'quiet', 'loud']);
    expect(thread.messages?.[0]?.metadata).toBeUndefined();
  });
});

describe('the stand-in fails when it is told to, once', () => {
  const codeOf = (call: Promise<unknown>): Promise<unknown> =>
    call.then(
      () => 'answered',
      (error) => error.code,
    );

  test.each([
    [{ kind: 'ratelimited', retryAfter: 7 }, ErrorCode.RateLimitedError, 0],
    [{ kind: 'status', status: 503 }, ErrorCode.HTTPError, 0],
    [{ kind: 'error', error: 'internal_error' }, ErrorCode.PlatformError, 0],
    [{ kind: 'disconnect', carriedOut: false }, ErrorCode.RequestError, 0],
    [{ kind: 'disconnect', carriedOut: true }, ErrorCode.RequestError, 1],
    [{ kind: 'silence' }, ErrorCode.RequestError, 1],
  ] as const)('%o', async (fault, code, posted) => {
    slack.failNext('chat.postMessage', fault);
    expect(await codeOf(post({}))).toBe(code);
    expect(slack.channel('one').messages).toHaveLength(posted);
    expect(await codeOf(post({}))).toBe('answered');
  });
});
