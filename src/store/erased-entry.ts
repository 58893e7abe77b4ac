import type { JournalEntry, JournalStream } from '../model/journal.js';
import type { Json } from '../model/json.js';

/** What leads to a person in the log of alerts. */
export interface Leads {
  /** The field of events that names the person, and what it has. */
  by: string;
  value: string;
  /** Of their orders and cases. */
  ids: ReadonlySet<string>;
  /** What they wrote, as an analysis quotes it. */
  texts: ReadonlySet<string>;
}

/** Steps into a body: a field's name, `*` for each of an array. */
type Path = readonly string[];

const ERASED = 'erased';
const ANALYSIS: Path = ['outcome', 'analysis'];

/**
 * An entry's body without what leads to a person; the same object where nothing does. Only what quotes events is looked
 * at: anywhere else a word that somebody once wrote, such as `resolved`, is an alert's state or a follow-up's.
 */
export function withoutPerson({ stream, body }: Pick<JournalEntry, 'stream' | 'body'>, leads: Leads): Json {
  return placesOf(leads)[stream]?.reduce((left, [path, words]) => erasedAt(left, path, words), body) ?? body;
}

function placesOf({
  by,
  value,
  ids,
  texts,
}: Leads): Partial<Record<JournalStream, [Path, ReadonlySet<string>][]>> {
  const values = new Set([value]);
  return {
    analysis: [
      [[...ANALYSIS, 'says', '*', 'examples', '*'], texts],
      [[...ANALYSIS, 'evidence', 'newest', '*', 'caseId'], ids],
      [[...ANALYSIS, 'evidence', 'newest', '*', 'orderId'], ids],
      [[...ANALYSIS, 'evidence', 'costliest', '*', 'caseId'], ids],
      [[...ANALYSIS, 'evidence', 'costliest', '*', 'orderId'], ids],
      [[...ANALYSIS, 'explanation', 'slices', '*', 'slice', by], values],
      [[...ANALYSIS, 'common', '*', 'value'], values],
    ],
    follow_up: [[['found', 'samples', '*'], ids]],
  };
}

function erasedAt(json: Json, path: Path, words: ReadonlySet<string>): Json {
  const [step, ...rest] = path;
  if (step === undefined) return typeof json === 'string' && words.has(json) ? ERASED : json;
  if (json === null || typeof json !== 'object') return json;
  if (isArray(json))
    return inPlace(
      json,
      json.map((each) => erasedAt(each, rest, words)),
    );
  const before = Object.hasOwn(json, step) ? json[step] : undefined;
  if (before === undefined) return json;
  const after = erasedAt(before, rest, words);
  return after === before ? json : { ...json, [step]: after };
}

function inPlace(before: readonly Json[], after: readonly Json[]): readonly Json[] {
  return after.every((each, index) => each === before[index]) ? before : after;
}

const isArray = (json: Json): json is readonly Json[] => Array.isArray(json);
