import type { Json } from '../model/json.js';
import { type Block, type ModalView, markdown, type Option, plain } from './slack-blocks.js';
import { slackText } from './slack-text.js';
import { cutTo } from './wording.js';

/** One thing that a form asks for. Ids are a form's own; the submission names its values by them. */
export type FormField = {
  id: string;
  label: string;
  hint?: string;
  optional?: boolean;
  /** An option's value, a date as `2026-03-01`, or text; empty for none. */
  initial?: string;
} & (
  | { kind: 'text'; longest: number; lines?: 'one' | 'many' }
  | { kind: 'choice'; options: readonly { value: string; text: string }[] }
  | { kind: 'date' }
);

/** A form that is shown to a person as a modal. */
export interface Form {
  /** The kind of form: who takes its submission is found by it. */
  id: string;
  title: string;
  submit: string;
  /** What it is about, which comes back with the submission. At most 3,000 characters as JSON. */
  subject: Json;
  /** A sentence above the fields, plain text. */
  intro?: string;
  fields: readonly FormField[];
}

/** Slack's limits of a modal, in UTF-16 units. */
const LIMIT = {
  title: 24,
  label: 200,
  option: 75,
  optionValue: 150,
  options: 100,
  text: 3_000,
  intro: 1_000,
};

/** The action that every field's element has: blocks are told apart by the fields' ids. */
export const FIELD_ACTION = 'value';

/** A form as Slack's modal, within its limits whatever the texts are. */
export function formView({ id, title, submit, subject, intro, fields }: Form): ModalView {
  return {
    type: 'modal',
    callback_id: id,
    private_metadata: JSON.stringify(subject),
    title: plain(title, LIMIT.title),
    submit: plain(submit, LIMIT.title),
    close: plain('Cancel', LIMIT.title),
    blocks: [
      ...(intro === undefined
        ? []
        : [{ type: 'section', text: markdown(slackText(intro, LIMIT.intro) || '-') } as const]),
      ...fields.flatMap(fieldBlock),
    ],
  };
}

/** A choice without anything to choose from is left out: Slack refuses it. */
function fieldBlock(field: FormField): Block[] {
  const element = elementOf(field);
  if (element === null) return [];
  return [
    {
      type: 'input',
      block_id: field.id,
      label: plain(field.label, LIMIT.label),
      optional: field.optional ?? false,
      ...(field.hint === undefined ? {} : { hint: plain(field.hint, LIMIT.label) }),
      element,
    },
  ];
}

function elementOf(field: FormField): Extract<Block, { type: 'input' }>['element'] | null {
  const initial = field.initial ?? '';
  switch (field.kind) {
    case 'text': {
      const longest = Math.min(field.longest, LIMIT.text);
      const text = cutTo(initial, longest);
      return {
        type: 'plain_text_input',
        action_id: FIELD_ACTION,
        multiline: field.lines === 'many',
        max_length: longest,
        ...(text === '' ? {} : { initial_value: text }),
      };
    }
    case 'choice': {
      const options = optionsOf(field.options);
      const chosen = options.find(({ value }) => value === initial);
      if (options.length === 0) return null;
      return {
        type: 'static_select',
        action_id: FIELD_ACTION,
        options,
        ...(chosen === undefined ? {} : { initial_option: chosen }),
      };
    }
    case 'date':
      return {
        type: 'datepicker',
        action_id: FIELD_ACTION,
        ...(/^\d{4}-\d{2}-\d{2}$/.test(initial) ? { initial_date: initial } : {}),
      };
  }
}

/** As many options as Slack takes; a value that is too long to come back whole cannot be chosen. */
function optionsOf(options: readonly { value: string; text: string }[]): Option[] {
  const values = new Set<string>();
  return options
    .filter(({ value }) => {
      const fits = value !== '' && value.length <= LIMIT.optionValue && !values.has(value);
      values.add(value);
      return fits;
    })
    .slice(0, LIMIT.options)
    .map(({ value, text }) => ({ text: plain(text, LIMIT.option), value }));
}
