import type { z } from 'zod';
import { didYouMean } from './did-you-mean.js';
import type { Problem } from './problems.js';
import { describeValue } from './text-forms.js';
import type { SettingPath, YamlSource } from './yaml-source.js';

/**
 * Holds a value of a file against a schema. Every departure becomes a problem at its own line, in words; the
 * parsed value is null when there is any.
 */
export function checkSchema<Schema extends z.ZodType>(
  schema: Schema,
  source: YamlSource,
  value: unknown,
  base: SettingPath = [],
): { value: z.output<Schema> | null; problems: Problem[] } {
  const result = schema.safeParse(value, { error: explain });
  if (result.success) return { value: result.data, problems: [] };
  const problems = result.error.issues.flatMap((issue): Problem[] => {
    const path = [...base, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))];
    if (issue.code !== 'unrecognized_keys') return [source.problem(path, issue.message)];
    const known = keysAt(schema, issue.path);
    return issue.keys.map((key) => source.problem([...path, key], unknownKey(key, known ?? []), 'key'));
  });
  return { value: null, problems };
}

/** The keys that a schema knows at a path; null where it is not a mapping of fixed keys. */
export function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] | null {
  const shape = descend(unwrap(schema), path);
  return shape?._zod.def.type === 'object'
    ? Object.keys((shape._zod.def as z.core.$ZodObjectDef).shape)
    : null;
}

/** What to say about a key that nothing reads. */
export function unknownKey(key: string, known: readonly string[]): string {
  if (looksSecret(key)) return `secrets are read from the environment only, take '${key}' out of the file`;
  return `unknown key '${key}'${didYouMean(key, known)}`;
}

/** True for names under which people keep what must not be in a file. */
function looksSecret(key: string): boolean {
  return /passw|secret|token|api_?key|private_?key|credential/i.test(key);
}

/** Messages for what zod finds wrong, for a reader who edits YAML and has never seen zod. */
const explain: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is missing';
      return `must be ${typeNames[issue.expected] ?? issue.expected}, not ${describeValue(issue.input)}`;
    case 'invalid_value': {
      if (issue.input === undefined) return 'is missing';
      const allowed = issue.values.map(String);
      const hint = typeof issue.input === 'string' ? didYouMean(issue.input, allowed) : '';
      return `must be ${listWords(allowed)}, not ${describeValue(issue.input)}${hint}`;
    }
    case 'too_small':
      if (issue.origin === 'array') return 'must not be an empty list';
      if (issue.origin === 'string') return 'must not be empty';
      return `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}, not ${issue.input}`;
    case 'too_big':
      return `must be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}, not ${issue.input}`;
    case 'invalid_format':
      return `must be a ${issue.format}, not ${describeValue(issue.input)}`;
    default:
      return undefined;
  }
};

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

/** `a`, `a or b`, `a, b or c`. */
export function listWords(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function descend(schema: z.core.$ZodType, path: readonly PropertyKey[]): z.core.$ZodType | null {
  let current: z.core.$ZodType | undefined = schema;
  for (const step of path) {
    if (current === undefined) return null;
    const { type } = current._zod.def;
    if (type === 'array') current = (current._zod.def as z.core.$ZodArrayDef).element;
    else if (type === 'record') current = (current._zod.def as z.core.$ZodRecordDef).valueType;
    else if (type === 'object') current = (current._zod.def as z.core.$ZodObjectDef).shape[String(step)];
    else return null;
    if (current !== undefined) current = unwrap(current);
  }
  return current ?? null;
}

/** Looks through `.optional()`, `.default()` and what follows a mapping in a pipe. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  const def = schema._zod.def;
  if (def.type === 'pipe') return unwrap((def as z.core.$ZodPipeDef).in);
  if ('innerType' in def) return unwrap(def.innerType as z.core.$ZodType);
  return schema;
}
