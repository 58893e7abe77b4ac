import type { BlockJson } from './store.js';

/**
 * Checks blocks as Slack does (docs.slack.dev, Block Kit reference) and gives its messages, each with a JSON
 * pointer to what is wrong; empty for sound blocks. Kinds that Redress does not use are refused.
 */
export function validateBlocks(blocks: unknown, surface: 'message' | 'view' = 'message'): string[] {
  if (!Array.isArray(blocks)) return [problem('must be an array', '/blocks')];
  const problems: string[] = [];
  const most = surface === 'message' ? 50 : 100;
  if (blocks.length > most) problems.push(problem(`no more than ${most} items allowed`, '/blocks'));
  const ids = new Set<string>();
  blocks.forEach((block: BlockJson, index) => {
    const at = `/blocks/${index}`;
    if (typeof block !== 'object' || block === null) {
      problems.push(problem('must be an object', at));
      return;
    }
    if (block.block_id !== undefined) {
      problems.push(...text(block.block_id, 255, `${at}/block_id`));
      if (ids.has(String(block.block_id)))
        problems.push(problem('block_id already exists in the message', `${at}/block_id`));
      ids.add(String(block.block_id));
    }
    problems.push(...(KINDS[String(block.type)] ?? unsupported)(block, at));
    if (block.type === 'input' && surface === 'message')
      problems.push(problem('input blocks are not taken in messages by this app', at));
  });
  return problems;
}

/** Checks what `views.open` and `views.publish` are given (docs.slack.dev, "Views"). */
export function validateView(json: unknown, type: 'modal' | 'home'): string[] {
  const view = json as Record<string, unknown> | null;
  if (typeof view !== 'object' || view === null) return [problem('must be an object', '/view')];
  if (view.type !== type) return [problem(`value must be one of: ${type}`, '/view/type')];
  const shared = ['type', 'blocks', 'callback_id', 'private_metadata', 'external_id'];
  const own = ['title', 'submit', 'close', 'clear_on_close', 'notify_on_close'];
  const problems = fields(view, type === 'modal' ? [...shared, ...own] : shared, '/view');
  if (view.private_metadata !== undefined && String(view.private_metadata).length > 3_000)
    problems.push(problem('must be less than 3001 characters', '/view/private_metadata'));
  if (view.callback_id !== undefined) problems.push(...text(view.callback_id, 255, '/view/callback_id'));
  problems.push(...validateBlocks(view.blocks, 'view'));
  if (type === 'home') return problems;
  problems.push(...textObject(view.title, 24, ['plain_text'], '/view/title'));
  for (const name of ['submit', 'close'])
    if (view[name] !== undefined)
      problems.push(...textObject(view[name], 24, ['plain_text'], `/view/${name}`));
  const asks = (view.blocks as BlockJson[]).some(({ type: kind }) => kind === 'input');
  if (asks && view.submit === undefined)
    problems.push(problem('submit is required with inputs', '/view/submit'));
  return problems;
}

type Check = (json: Record<string, unknown>, at: string) => string[];

const unsupported: Check = (block, at) => [problem(`unsupported type: ${String(block.type)}`, `${at}/type`)];

const KINDS: Readonly<Record<string, Check>> = {
  header: (block, at) => [
    ...fields(block, ['type', 'block_id', 'text'], at),
    ...textObject(block.text, 150, ['plain_text'], `${at}/text`),
  ],
  section: (block, at) => {
    const problems = fields(block, ['type', 'block_id', 'text', 'fields', 'accessory', 'expand'], at);
    if (block.text === undefined && block.fields === undefined)
      problems.push(problem('missing required field: text or fields', at));
    if (block.text !== undefined)
      problems.push(...textObject(block.text, 3_000, ['plain_text', 'mrkdwn'], `${at}/text`));
    if (block.fields !== undefined)
      problems.push(
        ...list(block.fields, 10, `${at}/fields`, (field, place) =>
          textObject(field, 2_000, ['plain_text', 'mrkdwn'], place),
        ),
      );
    if (block.accessory !== undefined) problems.push(...element(block.accessory, `${at}/accessory`));
    return problems;
  },
  context: (block, at) => [
    ...fields(block, ['type', 'block_id', 'elements'], at),
    ...list(block.elements, 10, `${at}/elements`, (item, place) =>
      (item as { type?: unknown })?.type === 'image'
        ? image(item as Record<string, unknown>, place)
        : textObject(item, 3_000, ['plain_text', 'mrkdwn'], place),
    ),
  ],
  actions: (block, at) => [
    ...fields(block, ['type', 'block_id', 'elements'], at),
    ...list(block.elements, 25, `${at}/elements`, element),
    ...repeatedActions(block.elements, at),
  ],
  divider: (block, at) => fields(block, ['type', 'block_id'], at),
  input: (block, at) => [
    ...fields(block, ['type', 'block_id', 'label', 'element', 'hint', 'optional', 'dispatch_action'], at),
    ...textObject(block.label, 2_000, ['plain_text'], `${at}/label`),
    ...(block.hint === undefined ? [] : textObject(block.hint, 2_000, ['plain_text'], `${at}/hint`)),
    ...element(block.element, `${at}/element`),
  ],
  image: (block, at) => image(block, at),
};

function element(json: unknown, at: string): string[] {
  const found = json as Record<string, unknown> | null;
  if (typeof found !== 'object' || found === null) return [problem('must be an object', at)];
  const problems = (ELEMENTS[String(found.type)] ?? unsupported)(found, at);
  if (found.action_id !== undefined) problems.push(...text(found.action_id, 255, `${at}/action_id`));
  if (found.placeholder !== undefined)
    problems.push(...textObject(found.placeholder, 150, ['plain_text'], `${at}/placeholder`));
  return problems;
}

const ELEMENTS: Readonly<Record<string, Check>> = {
  button: (button, at) => {
    const allowed = ['type', 'text', 'action_id', 'url', 'value', 'style', 'confirm', 'accessibility_label'];
    const problems = [
      ...fields(button, allowed, at),
      ...textObject(button.text, 75, ['plain_text'], `${at}/text`),
    ];
    if (button.value !== undefined) problems.push(...text(button.value, 2_000, `${at}/value`));
    if (button.style !== undefined && button.style !== 'primary' && button.style !== 'danger')
      problems.push(problem('value must be one of: primary, danger', `${at}/style`));
    return problems;
  },
  static_select: (select, at) => {
    const allowed = ['type', 'action_id', 'options', 'initial_option', 'placeholder', 'confirm'];
    const problems = [...fields(select, allowed, at), ...list(select.options, 100, `${at}/options`, option)];
    const options = Array.isArray(select.options) ? select.options : [];
    const { initial_option: chosen } = select;
    if (chosen !== undefined && !options.some((one) => JSON.stringify(one) === JSON.stringify(chosen)))
      problems.push(problem('must exactly match one of the options', `${at}/initial_option`));
    return problems;
  },
  plain_text_input: (input, at) => {
    const allowed = [
      'type',
      'action_id',
      'initial_value',
      'multiline',
      'min_length',
      'max_length',
      'placeholder',
    ];
    const problems = fields(input, allowed, at);
    const longest = input.max_length === undefined ? 3_000 : Number(input.max_length);
    if (!(longest >= 1 && longest <= 3_000))
      problems.push(problem('must be from 1 to 3000', `${at}/max_length`));
    if (input.initial_value !== undefined && String(input.initial_value).length > longest)
      problems.push(problem(`must be less than ${longest + 1} characters`, `${at}/initial_value`));
    return problems;
  },
  datepicker: (picker, at) => {
    const problems = fields(picker, ['type', 'action_id', 'initial_date', 'placeholder'], at);
    if (picker.initial_date !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(String(picker.initial_date)))
      problems.push(problem('must be a date of the form YYYY-MM-DD', `${at}/initial_date`));
    return problems;
  },
};

function option(json: unknown, at: string): string[] {
  const found = json as Record<string, unknown> | null;
  if (typeof found !== 'object' || found === null) return [problem('must be an object', at)];
  return [
    ...fields(found, ['text', 'value', 'description'], at),
    ...textObject(found.text, 75, ['plain_text', 'mrkdwn'], `${at}/text`),
    ...text(found.value, 150, `${at}/value`),
  ];
}

function image(json: Record<string, unknown>, at: string): string[] {
  const problems = fields(json, ['type', 'block_id', 'image_url', 'slack_file', 'alt_text', 'title'], at);
  problems.push(...text(json.alt_text, 2_000, `${at}/alt_text`));
  if ((json.image_url === undefined) === (json.slack_file === undefined))
    problems.push(problem('must have either image_url or slack_file', at));
  if (json.image_url !== undefined) problems.push(...text(json.image_url, 3_000, `${at}/image_url`));
  const file = json.slack_file as Record<string, unknown> | undefined;
  if (file !== undefined && !/^F[A-Z0-9]{8,}$/.test(String(file.id)))
    problems.push(problem('input must match regex pattern: ^[F][A-Z0-9]{8,}$', `${at}/slack_file/id`));
  return problems;
}

/** Two buttons of one block may not share an `action_id`: a click could not be told apart. */
function repeatedActions(elements: unknown, at: string): string[] {
  if (!Array.isArray(elements)) return [];
  const ids = elements.map((item) => item?.action_id).filter((id) => id !== undefined);
  return new Set(ids).size === ids.length ? [] : [problem('action_id already exists', `${at}/elements`)];
}

function textObject(json: unknown, longest: number, types: readonly string[], at: string): string[] {
  const object = json as Record<string, unknown> | null | undefined;
  if (typeof object !== 'object' || object === null) return [problem('missing required field: text', at)];
  if (!types.includes(String(object.type)))
    return [problem(`value must be one of: ${types.join(', ')}`, `${at}/type`)];
  const allowed = object.type === 'mrkdwn' ? ['type', 'text', 'verbatim'] : ['type', 'text', 'emoji'];
  return [...fields(object, allowed, at), ...text(object.text, longest, `${at}/text`)];
}

function list(
  json: unknown,
  most: number,
  at: string,
  check: (item: unknown, at: string) => string[],
): string[] {
  if (!Array.isArray(json) || json.length === 0) return [problem('must have at least 1 item', at)];
  const problems = json.flatMap((item, index) => check(item, `${at}/${index}`));
  return json.length > most ? [problem(`no more than ${most} items allowed`, at), ...problems] : problems;
}

function text(json: unknown, longest: number, at: string): string[] {
  if (typeof json !== 'string') return [problem('must be a string', at)];
  if (json.length === 0) return [problem('must be more than 0 characters', at)];
  return json.length > longest ? [problem(`must be less than ${longest + 1} characters`, at)] : [];
}

function fields(json: Record<string, unknown>, allowed: readonly string[], at: string): string[] {
  return Object.keys(json)
    .filter((name) => !allowed.includes(name))
    .map((name) => problem(`invalid additional property: ${name}`, at));
}

function problem(message: string, at: string): string {
  return `[ERROR] ${message} [json-pointer:${at}]`;
}
