import { readFile } from 'node:fs/promises';
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
} from 'yaml';
import { messageOf } from '../model/errors.js';
import type { Problem } from './problems.js';

/** The way to a setting: keys and positions in lists. */
export type SettingPath = readonly (string | number)[];

/** A YAML file that remembers where everything stood, so that a problem can name its line and column. */
export class YamlSource {
  readonly file: string;
  /** The content as plain data; undefined when it could not be read as YAML. */
  readonly value: unknown;
  /** What is wrong with the YAML itself. */
  readonly syntaxProblems: readonly Problem[];
  readonly #document: Document | null;
  readonly #lines = new LineCounter();

  constructor(file: string, bytes: Uint8Array) {
    this.file = file;
    const text = decodeUtf8(bytes);
    if (text === null) {
      this.#document = null;
      this.syntaxProblems = [{ file, line: 1, column: 1, path: '', message: 'is not UTF-8 text' }];
      return;
    }
    const document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, merge: true });
    this.#document = document;
    const problems = [...document.errors, ...document.warnings].map((error) => {
      return {
        file,
        ...this.#position(error.pos[0]),
        path: '',
        message: `is not valid YAML: ${error.message}`,
      };
    });
    // After a repeated key the rest of the file still means what it says; after other errors it may not.
    const trusted = document.errors.every((error) => error.code === 'DUPLICATE_KEY');
    if (trusted) {
      try {
        this.value = document.toJS();
      } catch (error) {
        problems.push({
          file,
          line: 1,
          column: 1,
          path: '',
          message: `is not valid YAML: ${messageOf(error)}`,
        });
      }
    }
    this.syntaxProblems = problems;
  }

  /**
   * A problem at a setting. One that is not there is reported at the nearest thing around it that is. With
   * `key` it is the key that is at fault, and the problem belongs to the mapping around it.
   */
  problem(path: SettingPath, message: string, at: 'value' | 'key' = 'value'): Problem {
    const named = at === 'key' ? path.slice(0, -1) : path;
    return { file: this.file, ...this.#locate(path, at), path: this.#name(named), message };
  }

  #locate(path: SettingPath, at: 'value' | 'key'): { line: number; column: number } {
    let node: Node | null = this.#document?.contents ?? null;
    let offset = node?.range?.[0] ?? 0;
    for (const [depth, step] of path.entries()) {
      if (isAlias(node) && this.#document !== null) node = node.resolve(this.#document) ?? null;
      let next: Node | null = null;
      if (isMap(node)) {
        const pair = node.items.find((item) => keyOf(item) === String(step)) as
          | Pair<Node, Node | null>
          | undefined;
        if (pair === undefined) break;
        next = pair.value;
        const last = depth === path.length - 1;
        if (isBlank(next) || (last && at === 'key')) next = pair.key;
        offset = next?.range?.[0] ?? offset;
        if (next === pair.key) break;
      } else if (isSeq(node)) {
        next = (node.items[Number(step)] as Node | undefined) ?? null;
        if (next === null) break;
        offset = next.range?.[0] ?? offset;
      } else break;
      node = next;
    }
    return this.#position(offset);
  }

  #position(offset: number): { line: number; column: number } {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  /** Writes a path for people: an item of a list goes by its id where it has one. */
  #name(path: SettingPath): string {
    let value = this.value;
    let name = '';
    for (const step of path) {
      value = isRecord(value) || Array.isArray(value) ? (value as Record<string, unknown>)[step] : undefined;
      const id = isRecord(value) && typeof value.id === 'string' ? value.id : null;
      if (typeof step === 'number') name += id === null ? `[${step}]` : `${name === '' ? '' : '.'}${id}`;
      else name += `${name === '' ? '' : '.'}${step}`;
    }
    return name;
  }
}

/** Reads a file of the configuration; null when it is not there. Any other failure is a problem of its own. */
export async function readSource(file: string): Promise<YamlSource | Problem | null> {
  try {
    return new YamlSource(file, await readFile(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    return { file, line: 1, column: 1, path: '', message: `cannot be read: ${messageOf(error)}` };
  }
}

/** True for a mapping of YAML. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The items of a list, or nothing when it is something else, which the schema reports. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function keyOf(pair: Pair): string {
  return String(isScalar(pair.key) ? pair.key.value : pair.key);
}

/** True for the value of `key:` with nothing after it, which has no place of its own. */
function isBlank(node: Node | null): boolean {
  return node === null || (isScalar(node) && node.value === null && node.range?.[0] === node.range?.[1]);
}
