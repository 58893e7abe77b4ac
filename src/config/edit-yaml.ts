import { isMap, isScalar, isSeq, type Node, type Pair, parseDocument, stringify, type YAMLMap } from 'yaml';
import type { Json } from '../model/json.js';
import type { SettingPath } from './yaml-source.js';

/**
 * Sets one value in the text of a YAML file and leaves every other character as it is, comments and layout included. A
 * key that is not there is added at the end of the mapping that it belongs to. Null when the place cannot be written
 * to by itself: it is an alias, or what is on the way to it is no mapping or list.
 */
export function setInYaml(text: string, path: SettingPath, value: Json): string | null {
  let node = parseDocument(text, { merge: true }).contents as Node | null;
  for (const [depth, step] of path.entries()) {
    if (isSeq(node)) {
      node = (node.items[Number(step)] as Node | undefined) ?? null;
    } else if (isMap(node)) {
      const pair = pairOf(node, String(step));
      if (pair === undefined) return withKey(text, node, String(step), nested(path.slice(depth + 1), value));
      node = pair.value;
    } else return null;
  }
  return isScalar(node) || isMap(node) || isSeq(node) ? replaced(text, node, flow(value)) : null;
}

/** The value as it is inside of keys that are not there yet. */
function nested(path: SettingPath, value: Json): Json {
  return path.reduceRight<Json>((inner, step) => ({ [String(step)]: inner }), value);
}

function replaced(text: string, node: Node, by: string): string | null {
  const [start, end] = node.range ?? [];
  if (start === undefined || end === undefined) return null;
  return text.slice(0, start) + by + text.slice(end);
}

function withKey(text: string, map: YAMLMap, key: string, value: Json): string | null {
  const last = map.items.at(-1) as Pair<Node, Node | null> | undefined;
  const end = last?.value?.range?.[1] ?? last?.key.range?.[1];
  const entry = `${key}: ${flow(value)}`;
  if (last === undefined || end === undefined) return replaced(text, map, `{ ${entry} }`);
  if (map.flow === true) return `${text.slice(0, end)}, ${entry}${text.slice(end)}`;
  const first = (map.items[0] as Pair<Node>).key.range?.[0] ?? 0;
  const indent = ' '.repeat(first - (text.lastIndexOf('\n', first - 1) + 1));
  // A value that is a block ends after its line; any other one may have a comment behind it.
  const newline = text[end - 1] === '\n' ? end - 1 : text.indexOf('\n', end);
  const at = newline < 0 ? text.length : newline + 1;
  const before = newline < 0 ? '\n' : '';
  return `${text.slice(0, at)}${before}${indent}${entry}\n${text.slice(at)}`;
}

function pairOf(map: YAMLMap, key: string): Pair<Node, Node | null> | undefined {
  return map.items.find((item) => String(isScalar(item.key) ? item.key.value : item.key) === key) as
    | Pair<Node, Node | null>
    | undefined;
}

/** On one line, as people write it: `{ use: auto, width: 4 }`. */
const flow = (value: Json): string => stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();
