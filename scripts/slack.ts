// `npx tsx scripts/slack.ts`: a Slack on this machine, for trying Redress out as a person in a channel. It shows what
// people would see, and does what they would do; it is the tests' stand-in, with their strictness.
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import type { Deed } from '../test/slack/people.js';
import { SlackStandIn } from '../test/slack/stand-in.js';
import type { BlockJson, StoredMessage } from '../test/slack/store.js';

const HELP = `click N ACTION, choose N ACTION VALUE: a button or menu of message N
type TEXT: /redress TEXT        submit NAME=VALUE; NAME=VALUE: the form that is open
home: open the App Home         press ACTION: a button there
as NAME: be ann or bob          help: this
`;
const PEOPLE = { ann: { id: 'U0ANN01', name: 'ann' }, bob: { id: 'U0BOB01', name: 'bob' } } as const;

async function main(): Promise<void> {
  const { service, channel } = parseArgs({
    options: {
      service: { type: 'string', default: 'http://127.0.0.1:8080' },
      channel: { type: 'string', default: 'disputes' },
    },
  }).values;
  const slack = await SlackStandIn.start();
  const users = Object.values(PEOPLE).map(({ id }) => id);
  slack.addChannel({ id: 'C0DISPUTES', name: channel, users });
  say(`Slack is there, with #${channel}, Ann (U0ANN01) and Bob (U0BOB01). In another terminal:
export SLACK_API_URL=${slack.apiUrl} SLACK_BOT_TOKEN=${slack.token} SLACK_SIGNING_SECRET=${slack.signingSecret}
${HELP}`);
  const screen = new Screen(slack);
  const refresh = setInterval(() => screen.show(), 300);
  let person: (typeof PEOPLE)[keyof typeof PEOPLE] = PEOPLE.ann;
  for await (const line of createInterface({ input: process.stdin })) {
    const [word = '', ...rest] = line.trim().split(/\s+/);
    const [first = '', action = '', value = ''] = rest;
    try {
      if (word === 'as') person = first === 'bob' ? PEOPLE.bob : PEOPLE.ann;
      else if (word === 'click') await send(slack.people.click(action, screen.message(first), person));
      else if (word === 'choose')
        await send(slack.people.choose(action, value, screen.message(first), person));
      else if (word === 'type') await send(slack.people.type(rest.join(' '), person));
      else if (word === 'submit') await send(slack.people.submit(fieldsOf(rest.join(' ')), person));
      else if (word === 'press') await send(slack.people.clickAtHome(first, person));
      else if (word === 'home') await send(slack.people.openHome(person));
      else say(HELP);
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    screen.show();
    if (word === 'home' || word === 'press') screen.home(person.id);
  }
  clearInterval(refresh);
  await slack.stop();

  async function send({ path, body, headers }: Deed): Promise<void> {
    const answer = await fetch(`${service}${path}`, { method: 'POST', body, headers });
    const text = await answer.text();
    say(`-> ${answer.status}${text === '' ? '' : `\n${answerText(text)}`}`);
  }
}

/** What has changed since it was last looked at. */
class Screen {
  readonly #slack: SlackStandIn;
  readonly #shown = new Map<string, string>();
  readonly #numbered: StoredMessage[] = [];
  #answers = 0;
  #forms = 0;

  constructor(slack: SlackStandIn) {
    this.#slack = slack;
  }

  show(): void {
    const { store, responses } = this.#slack;
    for (const channel of store.channels)
      for (const message of channel.messages) {
        const text = blocksText(message.blocks) || message.text;
        const key = `${channel.id} ${message.ts}`;
        const known = this.#shown.get(key);
        if (known === text) continue;
        if (known === undefined) this.#numbered.push(message);
        this.#shown.set(key, text);
        const place = `${channel.direct ? 'direct' : `#${channel.name}`}${message.thread_ts === undefined ? '' : ', in the thread'}`;
        say(
          `[${this.#numbered.indexOf(message) + 1}] ${place}${known === undefined ? '' : ', edited'}\n${text}`,
        );
      }
    for (const answer of responses.slice(this.#answers))
      say(`only you see:\n${answerText(JSON.stringify(answer))}`);
    this.#answers = responses.length;
    for (const form of store.modals.slice(this.#forms))
      say(`a form: ${form.title?.text}\n${blocksText(form.blocks)}`);
    this.#forms = store.modals.length;
  }

  home(personId: string): void {
    say(`home:\n${blocksText(this.#slack.store.homes.get(personId)?.blocks ?? [])}`);
  }

  /** A message by its number. Throws when there is none. */
  message(number: string): StoredMessage {
    const message = this.#numbered[Number(number) - 1];
    if (message === undefined) throw new Error(`there is no message ${number}`);
    return message;
  }
}

function answerText(json: string): string {
  const { text = '', blocks } = JSON.parse(json) as { text?: string; blocks?: BlockJson[] };
  return blocks === undefined ? text || json : blocksText(blocks);
}

const textOf = (part: unknown): string => String((part as { text?: unknown } | undefined)?.text ?? '');

/** Blocks as a terminal can show them. */
function blocksText(blocks: readonly BlockJson[]): string {
  return blocks
    .map((block) => {
      const elements = (block.elements ?? []) as BlockJson[];
      switch (block.type) {
        case 'divider':
          return '----';
        case 'image':
          return `(picture: ${String(block.alt_text)})`;
        case 'actions':
          return elements
            .map(({ action_id, text, placeholder, options = [] }) => {
              const values = (options as { value: string }[]).map(({ value }) => value).join('|');
              return `<${textOf(text ?? placeholder)}: ${String(action_id)}${values === '' ? '' : ` ${values}`}>`;
            })
            .join(' ');
        case 'input': {
          const { initial_value, initial_date, initial_option } = block.element as BlockJson;
          const filled =
            initial_value ?? initial_date ?? (initial_option as BlockJson | undefined)?.value ?? '';
          return `${String(block.block_id)} (${textOf(block.label)}): ${String(filled)}`;
        }
        case 'context':
          return elements.map(textOf).join(' ');
        default:
          return [textOf(block.text), ...((block.fields ?? []) as BlockJson[]).map(textOf)]
            .filter(Boolean)
            .join('\n');
      }
    })
    .join('\n');
}

/** `title=Find it; due=2026-03-10`. */
function fieldsOf(text: string): Record<string, string> {
  const pairs = text.split(';').map((pair) => /^\s*(\w+)=(.*?)\s*$/s.exec(pair));
  return Object.fromEntries(pairs.flatMap((pair) => (pair === null ? [] : [[pair[1], pair[2]]])));
}

function say(text: string): void {
  process.stdout.write(`${text}\n\n`);
}

await main();
