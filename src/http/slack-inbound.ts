import type { ZodType } from 'zod';
import type { ModalView, SlackMessage } from '../notify/slack-blocks.js';
import type { SlackSubject } from '../notify/slack-subject.js';

/** Somebody in Slack; the name is what the log keeps. */
export interface SlackPerson {
  id: string;
  name: string;
}

/** A person's click on a button, or their choice from a menu, of ours. */
export interface SlackClick {
  /** What the block is about, at the version that the person saw. */
  subject: SlackSubject;
  /** The chosen option's value, or the button's; empty for a button that has none. */
  value: string;
  person: SlackPerson;
  /** Good for opening one modal within three seconds. */
  triggerId: string;
  /** Takes answers for the person alone for half an hour. Empty when Slack gave none. */
  responseUrl: string;
}

/** What the person alone is told; null when the message itself shows what was done. */
export type SlackReply = SlackMessage | string | null;

/** What one `action_id` does. */
export interface SlackAction {
  id: string;
  /** Called at once: a modal that is to be opened has three seconds from the click. */
  take(click: SlackClick): Promise<SlackReply>;
}

/** What one kind of form does when a person sends it; the form itself is made by `formView`. */
export interface SlackForm<Subject, Values> {
  id: string;
  /** What the form is about, as it was given to `formView`. */
  subject: ZodType<Subject>;
  /** Its fields, each as text and empty where the person left it so; what is wrong is shown at the field. */
  values: ZodType<Values>;
  submit(subject: Subject, values: Values, person: SlackPerson): Promise<FormAnswer>;
}

/** `invalid` keeps the form open and shows what is wrong at its fields; `refused` shows a sentence in its place. */
export type FormAnswer =
  | { outcome: 'done' }
  | { outcome: 'invalid'; fields: Readonly<Record<string, string>> }
  | { outcome: 'refused'; text: string };

/** Somebody has typed `/redress TEXT`. */
export interface SlackCommand {
  text: string;
  person: SlackPerson;
  responseUrl: string;
}

/** Slack's ways that answers take which do not go back with the request; each throws a retryable `RedressError`. */
export interface SlackOutward {
  /** Says something to one person alone, at the address that came with what they did. */
  reply(responseUrl: string, message: SlackMessage | string): Promise<void>;
  /** Says something to one person in our own conversation with them. */
  tell(personId: string, text: string): Promise<void>;
  openModal(triggerId: string, view: ModalView): Promise<void>;
}

/** A form of any subject, for those who keep many. */
export type AnySlackForm = SlackForm<never, never>;

/** Keeps a form's types up to where forms of all kinds are kept together. */
export function defineSlackForm<Subject, Values>(form: SlackForm<Subject, Values>): AnySlackForm {
  return form as unknown as AnySlackForm;
}
