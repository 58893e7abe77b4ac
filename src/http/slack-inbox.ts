import type { Logger } from 'pino';
import type { z } from 'zod';
import { messageOf } from '../model/errors.js';
import { FIELD_ACTION } from '../notify/slack-form.js';
import { parseSlackSubject } from '../notify/slack-subject.js';
import { NOT_RECORDED } from './click-words.js';
import { commandAnswer, fieldErrors, formAnswer } from './slack-answers.js';
import type {
  AnySlackForm,
  FormAnswer,
  SlackAction,
  SlackCommand,
  SlackForm,
  SlackOutward,
  SlackPerson,
  SlackReply,
} from './slack-inbound.js';
import {
  BlockActionsSchema,
  CommandSchema,
  EventSchema,
  InteractionSchema,
  parseJson,
  ViewSubmissionSchema,
} from './slack-payloads.js';
import { LATE, SlackWork } from './slack-work.js';

export interface SlackInboxParts {
  actions: readonly SlackAction[];
  forms: readonly AnySlackForm[];
  command(command: SlackCommand): Promise<SlackReply>;
  /** Somebody has opened our App Home: shows them what there is for them. */
  homeOpened(personId: string): Promise<void>;
  outward: SlackOutward;
  log: Logger;
}

/** The three kinds of things that Slack sends, over HTTP and over a socket alike. */
export type SlackKind = 'interaction' | 'command' | 'event';

/** `body` goes back with the answer; `unreadable` is a payload that is not as Slack describes it. */
export type SlackTaken =
  | { outcome: 'taken'; body: object | null }
  | { outcome: 'unreadable'; reason: string };

/**
 * Takes what people do in Slack to whoever deals with it, whichever way it came. Everything is answered within
 * Slack's three seconds, and what is not done by then is answered to the person when it is.
 */
export class SlackInbox {
  readonly #parts: SlackInboxParts;
  readonly #actions: ReadonlyMap<string, SlackAction>;
  readonly #forms: ReadonlyMap<string, AnySlackForm>;
  readonly #work: SlackWork;

  constructor(parts: SlackInboxParts) {
    this.#parts = parts;
    this.#work = new SlackWork(parts.log);
    this.#actions = new Map(parts.actions.map((action) => [action.id, action]));
    this.#forms = new Map(parts.forms.map((form) => [form.id, form]));
  }

  /** Never throws, because the answer must not depend on what a person's wish comes to. */
  async take(kind: SlackKind, payload: unknown): Promise<SlackTaken> {
    switch (kind) {
      case 'interaction':
        return this.#interaction(payload);
      case 'command':
        return this.#command(payload);
      case 'event':
        return this.#event(payload);
    }
  }

  /** Resolves when nothing is being dealt with any more. */
  async settled(): Promise<void> {
    await this.#work.settled();
  }

  async #interaction(payload: unknown): Promise<SlackTaken> {
    const interaction = InteractionSchema.safeParse(payload);
    if (!interaction.success) return unreadable('interaction without a type');
    if (interaction.data.type === 'block_actions') {
      const click = BlockActionsSchema.safeParse(payload);
      return click.success ? this.#click(click.data) : unreadable(problemOf(click.error));
    }
    if (interaction.data.type === 'view_submission') {
      const submission = ViewSubmissionSchema.safeParse(payload);
      return submission.success ? this.#submission(submission.data) : unreadable(problemOf(submission.error));
    }
    // Shortcuts, closed views and what Slack will think of next are nothing to us.
    return TAKEN;
  }

  async #click(payload: z.output<typeof BlockActionsSchema>): Promise<SlackTaken> {
    const [clicked] = payload.actions;
    const action = clicked === undefined ? undefined : this.#actions.get(clicked.action_id);
    // A button that only opens a link sends a click as well.
    if (clicked === undefined || action === undefined) return TAKEN;
    const subject = parseSlackSubject(clicked.block_id);
    if (subject === null) return unreadable('the block says nothing of what was clicked on');
    const { user: person, response_url: responseUrl } = payload;
    const work = this.#guarded({ action: action.id, subject: subject.id, person: person.id }, () =>
      action.take({
        subject,
        value: clicked.selected_option?.value ?? clicked.value ?? '',
        person,
        triggerId: payload.trigger_id,
        responseUrl,
      }),
    );
    await this.#work.inTime(this.#said(work, person, responseUrl));
    return TAKEN;
  }

  async #command(payload: unknown): Promise<SlackTaken> {
    const typed = CommandSchema.safeParse(payload);
    if (!typed.success) return unreadable(problemOf(typed.error));
    const { text, user_id, user_name, response_url: responseUrl } = typed.data;
    const person = { id: user_id, name: user_name || user_id };
    const work = this.#guarded({ command: text.split(' ', 1)[0] ?? '', person: person.id }, () =>
      this.#parts.command({ text: text.trim(), person, responseUrl }),
    );
    const answer = await this.#work.inTime(work);
    if (answer === LATE) {
      this.#work.goOn(this.#said(work, person, responseUrl));
      return TAKEN;
    }
    if (answer === null) return TAKEN;
    return { outcome: 'taken', body: commandAnswer(answer) };
  }

  async #submission({ user, view }: z.output<typeof ViewSubmissionSchema>): Promise<SlackTaken> {
    const form = this.#forms.get(view.callback_id) as SlackForm<unknown, unknown> | undefined;
    if (form === undefined) return TAKEN;
    const subject = form.subject.safeParse(parseJson(view.private_metadata));
    if (!subject.success) return unreadable(problemOf(subject.error));
    const typed = Object.entries(view.state.values).map(([field, elements]) => {
      const element = elements[FIELD_ACTION];
      const text = element?.selected_option?.value ?? element?.selected_date ?? element?.value ?? '';
      return [field, text.trim()] as const;
    });
    const values = form.values.safeParse(Object.fromEntries(typed));
    if (!values.success) {
      const fields = values.error.issues.map(({ path, message }) => [String(path[0]), message]);
      return { outcome: 'taken', body: fieldErrors(Object.fromEntries(fields)) };
    }
    const work = this.#submitted(form, subject.data, values.data, user);
    const answer = await this.#work.inTime(work);
    if (answer !== LATE) return { outcome: 'taken', body: formAnswer(answer, view.callback_id) };
    // The form is closed by then, so that the person hears of what went wrong in our own conversation with them.
    this.#work.goOn(
      work.then((late) =>
        late.outcome === 'done'
          ? undefined
          : this.#parts.outward.tell(
              user.id,
              late.outcome === 'refused' ? late.text : Object.values(late.fields).join(' '),
            ),
      ),
    );
    return TAKEN;
  }

  async #submitted(
    form: SlackForm<unknown, unknown>,
    subject: unknown,
    values: unknown,
    person: SlackPerson,
  ): Promise<FormAnswer> {
    try {
      return await form.submit(subject, values, person);
    } catch (error) {
      this.#parts.log.error({ err: error, form: form.id, person: person.id }, 'a form could not be recorded');
      return { outcome: 'refused', text: NOT_RECORDED };
    }
  }

  async #event(payload: unknown): Promise<SlackTaken> {
    const event = EventSchema.safeParse(payload);
    if (!event.success) return unreadable(problemOf(event.error));
    if (event.data.type === 'url_verification')
      return { outcome: 'taken', body: { challenge: event.data.challenge } };
    const { type, user, tab = 'home' } = event.data.event;
    if (type === 'app_home_opened' && tab === 'home' && user !== undefined) {
      await this.#work.inTime(
        this.#parts.homeOpened(user).catch((error: unknown) => {
          this.#parts.log.warn({ reason: messageOf(error), person: user }, 'an App Home could not be shown');
        }),
      );
    }
    return TAKEN;
  }

  /** What the person is told when their wish could not be carried out. */
  async #guarded(about: object, work: () => Promise<SlackReply>): Promise<SlackReply> {
    try {
      return await work();
    } catch (error) {
      this.#parts.log.error({ err: error, ...about }, 'what a person asked for in Slack could not be done');
      return NOT_RECORDED;
    }
  }

  async #said(work: Promise<SlackReply>, person: SlackPerson, responseUrl: string): Promise<void> {
    const reply = await work;
    if (reply === null) return;
    try {
      if (responseUrl !== '') await this.#parts.outward.reply(responseUrl, reply);
      else await this.#parts.outward.tell(person.id, typeof reply === 'string' ? reply : reply.text);
    } catch (error) {
      this.#parts.log.warn({ reason: messageOf(error), person: person.id }, 'a person could not be answered');
    }
  }
}

const TAKEN: SlackTaken = { outcome: 'taken', body: null };

function unreadable(reason: string): SlackTaken {
  return { outcome: 'unreadable', reason };
}

/** The first place that is not as Slack describes it; without what stands there, which people may have written. */
function problemOf(error: z.ZodError): string {
  return error.issues[0]?.path.join('.') || 'no object';
}
