import type { RisenTerm } from '../model/analysis.js';
import { maskPersonalData } from '../model/personal-data.js';

/** Standard errors from which on a term is named; thousands of terms are looked at. */
const LEAST_SCORE = 3.5;
const LEAST_TEXTS = 3;
const MOST_TERMS = 10;
const EXAMPLES = 3;
const EXAMPLE_LENGTH = 200;
/** The prior counts as much as so many texts, spread over the terms as both times together use them. */
const PRIOR_TEXTS = 100;

/**
 * Words and phrases that became more frequent, by log-odds with an informative Dirichlet prior (Monroe, Colaresi and
 * Quinn 2008, equations 16 to 22). The prior is what both times say together, so that a rare word needs many texts
 * to stand out, and a word that everybody always uses never does. A text counts a term once however often
 * it has it. Words are found by the rules of Unicode, in any language, those without spaces too.
 */
export function whatPeopleSay(texts: readonly string[], before: readonly string[]): RisenTerm[] {
  const now = termsOf(texts);
  const then = termsOf(before);
  if (now.total === 0 || then.total === 0) return [];
  const all = now.total + then.total;
  const strength = (PRIOR_TEXTS * all) / Math.max(texts.length + before.length, 1);
  const scoreOf = (term: string, count: number): number => {
    const old = then.texts.get(term)?.size ?? 0;
    const prior = (strength * ((now.texts.get(term)?.size ?? 0) + old)) / all;
    const odds = logOdds(count + prior, now.total + strength) - logOdds(old + prior, then.total + strength);
    return odds / Math.sqrt(1 / (count + prior) + 1 / (old + prior));
  };
  const risen: (RisenTerm & { where: ReadonlySet<number> })[] = [];
  for (const [term, where] of now.texts) {
    const score = where.size < LEAST_TEXTS ? 0 : scoreOf(term, where.size);
    if (score < LEAST_SCORE) continue;
    risen.push({
      term,
      texts: where.size,
      textsBefore: then.texts.get(term)?.size ?? 0,
      score,
      examples: [],
      where,
    });
  }
  // Of terms that rose alike the phrase is told, and of phrases the one whose words rose too: not `the battery`.
  const scores = new Map(risen.map(({ term, score }) => [term, score]));
  const words = ({ term }: RisenTerm) =>
    (now.words.get(term) ?? []).reduce((sum, word) => sum + (scores.get(word) ?? 0), 0);
  risen.sort((a, b) => b.score - a.score || words(b) - words(a) || (a.term < b.term ? -1 : 1));
  const kept: typeof risen = [];
  const told = new Set<number>();
  for (const each of risen) {
    if (kept.length === MOST_TERMS) break;
    // A word that rose only because it stands in texts told of already is no finding of its own.
    const fresh = [...each.where].filter((text) => !told.has(text)).length;
    if (fresh < LEAST_TEXTS || scoreOf(each.term, fresh) < LEAST_SCORE) continue;
    kept.push(each);
    for (const text of each.where) told.add(text);
  }
  return kept.map(({ where, ...term }) => ({
    ...term,
    examples: [...where].slice(0, EXAMPLES).map((index) => asExample(texts[index] as string)),
  }));
}

/** A text as it is quoted: short, and without what may tell of a person. */
export const asExample = (text: string): string => shorten(maskPersonalData(text));

function logOdds(count: number, total: number): number {
  return Math.log(count / Math.max(total - count, 1e-9));
}

interface Terms {
  /** Term to the texts that have it. */
  texts: Map<string, Set<number>>;
  /** The words of each term. */
  words: Map<string, readonly string[]>;
  /** All pairs of a text and a term in it. */
  total: number;
}

function termsOf(texts: readonly string[]): Terms {
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });
  const terms: Terms = { texts: new Map(), words: new Map(), total: 0 };
  texts.forEach((text, index) => {
    const seen = new Set<string>();
    const note = (words: readonly string[], term: string) => {
      seen.add(term);
      terms.words.set(term, words);
    };
    let last: string | null = null;
    let gap = '';
    for (const { segment, isWordLike } of segmenter.segment(maskPersonalData(text).normalize('NFKC'))) {
      if (isWordLike !== true) {
        // A phrase goes over a space, but not over the end of a sentence or a mask.
        if (segment.trim() !== '') last = null;
        gap = ' ';
        continue;
      }
      const word = segment.toLowerCase();
      if (MASK_WORDS.has(word)) {
        last = null;
        continue;
      }
      note([word], word);
      if (last !== null) note([last, word], `${last}${gap}${word}`);
      last = word;
      gap = '';
    }
    for (const term of seen) {
      const where = terms.texts.get(term);
      if (where === undefined) terms.texts.set(term, new Set([index]));
      else where.add(index);
    }
    terms.total += seen.size;
  });
  return terms;
}

const MASK_WORDS: ReadonlySet<string> = new Set(['link', 'email', 'handle', 'account', 'number']);

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/gu, ' ').trim();
  const characters = [...line];
  return characters.length <= EXAMPLE_LENGTH ? line : `${characters.slice(0, EXAMPLE_LENGTH - 1).join('')}…`;
}
