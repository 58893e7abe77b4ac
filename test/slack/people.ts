import { createHmac } from 'node:crypto';
import type { BlockJson, SlackStore, StoredMessage, ViewJson } from './store.js';

export interface Person {
  id: string;
  name: string;
}

/** What a person does, as Slack tells of it: the payload, and the signed request that brings it over HTTP. */
export interface Deed {
  path: '/slack/interactions' | '/slack/commands' | '/slack/events';
  payload: object;
  body: string;
  headers: Record<string, string>;
}

export interface PeopleSettings {
  signingSecret: string;
  /** Epoch ms. */
  now(): number;
  /** Where answers for the person alone are taken. */
  responseUrl(id: string): string;
}

const ANN: Person = { id: 'U0ANN', name: 'ann' };
const TEAM = { id: 'T0STANDIN', domain: 'stand-in' };

/** The people of the workspace. Each method throws when nobody could do that, because there is no such button. */
export class People {
  readonly #store: SlackStore;
  readonly #settings: PeopleSettings;
  #triggers = 0;

  constructor(store: SlackStore, settings: PeopleSettings) {
    this.#store = store;
    this.#settings = settings;
  }

  /** Clicks a message's button. */
  click(actionId: string, message: StoredMessage, person = ANN): Deed {
    const element = elementOf(message.blocks, actionId);
    return this.#act(message, { ...element }, person);
  }

  /** Chooses from a message's menu. */
  choose(actionId: string, value: string, message: StoredMessage, person = ANN): Deed {
    const element = elementOf(message.blocks, actionId);
    const selected_option = (element.options as { value: string }[]).find((one) => one.value === value);
    if (selected_option === undefined) throw new Error(`the menu ${actionId} has no ${value}`);
    return this.#act(message, { ...element, selected_option }, person);
  }

  /** Clicks a button in their App Home. */
  clickAtHome(actionId: string, person = ANN): Deed {
    const home = this.#store.homes.get(person.id);
    if (home === undefined) throw new Error(`${person.name} has no home`);
    return this.#interaction({
      type: 'block_actions',
      ...this.#who(person),
      container: { type: 'view', view_id: 'V0HOME' },
      trigger_id: this.trigger(),
      view: home,
      actions: [elementOf(home.blocks, actionId)],
    });
  }

  /** Fills in the modal that was opened last and sends it; what is not named stays as it was filled in. */
  submit(values: Readonly<Record<string, string>>, person = ANN): Deed {
    const view = this.#store.modals.at(-1);
    if (view === undefined) throw new Error('no modal was opened');
    return this.#interaction({
      type: 'view_submission',
      ...this.#who(person),
      view: { ...view, state: { values: stateOf(view, values) } },
    });
  }

  /** Types `/redress` and a text. */
  type(text: string, person = ANN, channel = 'C0DISPUTES'): Deed {
    const payload = {
      command: '/redress',
      text,
      user_id: person.id,
      user_name: person.name,
      channel_id: channel,
      team_id: TEAM.id,
      trigger_id: this.trigger(),
      response_url: this.#settings.responseUrl('command'),
    };
    return this.#signed('/slack/commands', payload, new URLSearchParams(payload).toString());
  }

  openHome(person = ANN): Deed {
    const payload = {
      type: 'event_callback',
      team_id: TEAM.id,
      event: { type: 'app_home_opened', user: person.id, tab: 'home' },
    };
    return this.#signed('/slack/events', payload, JSON.stringify(payload), 'application/json');
  }

  /** Slack asks whether the address of the events is ours. */
  askForChallenge(challenge: string): Deed {
    const payload = { type: 'url_verification', challenge };
    return this.#signed('/slack/events', payload, JSON.stringify(payload), 'application/json');
  }

  #act(message: StoredMessage, action: BlockJson, person: Person): Deed {
    const channel = this.#store.find(message.channel, 'id');
    return this.#interaction({
      type: 'block_actions',
      ...this.#who(person),
      container: {
        type: 'message',
        message_ts: message.ts,
        channel_id: message.channel,
        is_ephemeral: false,
      },
      trigger_id: this.trigger(),
      channel: { id: message.channel, name: channel?.name ?? '' },
      message: { type: 'message', ...message },
      response_url: this.#settings.responseUrl(message.ts),
      actions: [{ ...action, action_ts: `${this.#seconds()}.000001` }],
    });
  }

  #who(person: Person): object {
    const user = { id: person.id, username: person.name, name: person.name, team_id: TEAM.id };
    return { user, team: TEAM, api_app_id: 'A0REDRESS' };
  }

  /** What lets us open one modal, as comes with everything that a person does. */
  trigger(): string {
    this.#triggers += 1;
    const trigger = `${this.#seconds()}.${this.#triggers}.trigger`;
    this.#store.triggers.set(trigger, this.#settings.now());
    return trigger;
  }

  #seconds(): string {
    return String(Math.floor(this.#settings.now() / 1_000));
  }

  #interaction(payload: object): Deed {
    const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
    return this.#signed('/slack/interactions', payload, body);
  }

  /** A request with a body that Slack has written in its own way. */
  sign(path: Deed['path'], body: string, type: string): Deed {
    return this.#signed(path, {}, body, type);
  }

  #signed(
    path: Deed['path'],
    payload: object,
    body: string,
    type = 'application/x-www-form-urlencoded',
  ): Deed {
    const timestamp = this.#seconds();
    const signature = createHmac('sha256', this.#settings.signingSecret)
      .update(`v0:${timestamp}:${body}`)
      .digest('hex');
    return {
      path,
      payload,
      body,
      headers: {
        'content-type': type,
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': `v0=${signature}`,
      },
    };
  }
}

/** The button or menu, with the id of the block that it stands in. */
function elementOf(blocks: BlockJson[], actionId: string): BlockJson {
  for (const block of blocks) {
    if (block.type !== 'actions') continue;
    const element = (block.elements as BlockJson[]).find(({ action_id }) => action_id === actionId);
    if (element !== undefined) return { ...element, block_id: block.block_id };
  }
  throw new Error(`there is no ${actionId} to click`);
}

/** A modal's state: what the person typed, and what was filled in before. */
function stateOf(view: ViewJson, values: Readonly<Record<string, string>>) {
  const inputs = view.blocks.filter(({ type }) => type === 'input');
  const unknown = Object.keys(values).filter((name) => !inputs.some(({ block_id }) => block_id === name));
  if (unknown.length > 0) throw new Error(`the modal has no ${unknown.join(', ')}`);
  return Object.fromEntries(
    inputs.map(({ block_id, element }) => {
      const { type, action_id, ...input } = element as BlockJson;
      return [
        block_id,
        { [String(action_id)]: { type, ...answerOf(String(type), input, values[String(block_id)]) } },
      ];
    }),
  );
}

function answerOf(type: string, input: Record<string, unknown>, value: string | undefined): object {
  if (type === 'datepicker') return { selected_date: value ?? input.initial_date ?? null };
  if (type !== 'static_select') return { value: (value ?? input.initial_value ?? '') || null };
  const options = input.options as { value: string }[];
  if (value === '') return { selected_option: null };
  const chosen = options.find((one) => one.value === value);
  if (value !== undefined && chosen === undefined) throw new Error(`nobody can choose ${value}`);
  return { selected_option: chosen ?? input.initial_option ?? null };
}
