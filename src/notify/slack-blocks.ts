import { slackText } from './slack-text.js';

interface Plain {
  type: 'plain_text';
  text: string;
  emoji?: boolean;
}

interface Markdown {
  type: 'mrkdwn';
  text: string;
}

export interface Option {
  text: Plain;
  value: string;
}

export interface Button {
  type: 'button';
  text: Plain;
  action_id: string;
  value?: string;
  url?: string;
  style?: 'primary' | 'danger';
}

export interface Select {
  type: 'static_select';
  action_id: string;
  placeholder?: Plain;
  options: Option[];
  initial_option?: Option;
}

export interface Image {
  type: 'image';
  alt_text: string;
  image_url?: string;
  slack_file?: { id: string };
}

type Input =
  | Select
  | {
      type: 'plain_text_input';
      action_id: string;
      multiline?: boolean;
      max_length?: number;
      initial_value?: string;
    }
  | { type: 'datepicker'; action_id: string; initial_date?: string };

/** The blocks that Redress writes, of Slack's Block Kit. */
export type Block =
  | { type: 'header'; text: Plain }
  | { type: 'section'; text: Markdown }
  | { type: 'section'; fields: Markdown[] }
  | { type: 'context'; elements: Markdown[] }
  | { type: 'actions'; block_id: string; elements: (Button | Select)[] }
  | {
      type: 'input';
      block_id: string;
      label: Plain;
      optional: boolean;
      hint?: Plain;
      element: Input;
    }
  | Image
  | { type: 'divider' };

/** A Slack message: the blocks that are shown, and the text for notifications and screen readers. */
export interface SlackMessage {
  text: string;
  blocks: Block[];
}

/** A modal, or a person's App Home. */
export interface ModalView {
  type: 'modal';
  callback_id: string;
  private_metadata: string;
  title: Plain;
  submit: Plain;
  close: Plain;
  blocks: Block[];
}

export interface HomeView {
  type: 'home';
  blocks: Block[];
}

export function markdown(text: string): Markdown {
  return { type: 'mrkdwn', text };
}

/** Text in which nothing is markup. It is cut to the limit, and a dash stands for nothing, which Slack refuses. */
export function plain(text: string, limit: number): Plain {
  return { type: 'plain_text', text: slackText(text, limit) || '-', emoji: true };
}
