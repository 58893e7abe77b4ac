import { existsSync, readFileSync } from 'node:fs';
import type { JudgedLeaves } from '../../src/analysis/leaves.js';
import { readTable } from '../../src/cli/explain-table.js';
import type { ExplainedSlice } from '../../src/model/analysis.js';

/** The labelled incidents of the data folder that may lie beside the repository. */
const FOLDER = '../shared/data/root-cause';

export const hasRootCauseData = existsSync(`${FOLDER}/rate/causes.json`);

export interface Labelled {
  file: string;
  /** The true slices, as {@link sliceKey} writes them. */
  causes: readonly string[];
  dimensions: number;
  load(): Promise<JudgedLeaves>;
}

export function sliceKey(slice: Readonly<Record<string, string>>): string {
  return Object.entries(slice)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join('&');
}

export function rateCases(): Labelled[] {
  const labels =
    read<{ file: string; timestamp: number; causes: Record<string, string>[] }[]>('rate/causes.json');
  return labels.map(({ file, timestamp, causes }) => {
    const path = `${FOLDER}/rate/${file}`;
    const columns = readFileSync(path, 'utf8').split(/\r?\n/, 1)[0]?.split(',') ?? [];
    return {
      file,
      causes: causes.map(sliceKey),
      dimensions: columns.length - 3,
      load: () =>
        readTable({
          path,
          dimensions: null,
          form: {
            kind: 'rate',
            time: 'min',
            at: String(timestamp),
            numerator: 'value',
            denominator: 'cnt',
            baseline: null,
          },
        }),
    };
  });
}

export function countCases(): Labelled[] {
  return read<{ file: string; causes: string }[]>('count/causes.json').map(({ file, causes }) => ({
    file,
    causes: [...new Set(causes.split(';'))],
    dimensions: 4,
    load: () =>
      readTable({
        path: `${FOLDER}/count/${file}`,
        dimensions: ['a', 'b', 'c', 'd'],
        form: { kind: 'forecast', value: 'real', forecast: 'predict' },
      }),
  }));
}

/** How many true slices stand among the first so many answers. */
export function hits(slices: readonly ExplainedSlice[], causes: readonly string[], among: number): number {
  const named = slices.slice(0, among).map(({ slice }) => sliceKey(slice));
  return causes.filter((cause) => named.includes(cause)).length;
}

/** Right and wrong answers over many cases, by slices that are named as causes. */
export class SetScore {
  #right = 0;
  #wrong = 0;
  #missed = 0;
  #exact = 0;
  #cases = 0;

  add(slices: readonly ExplainedSlice[], causes: readonly string[]): boolean {
    const named = slices.filter(({ cause }) => cause).map(({ slice }) => sliceKey(slice));
    const right = named.filter((each) => causes.includes(each)).length;
    const exact = right === named.length && right === causes.length;
    this.#right += right;
    this.#wrong += named.length - right;
    this.#missed += causes.length - right;
    this.#exact += exact ? 1 : 0;
    this.#cases += 1;
    return exact;
  }

  /** Of single slices: the harmonic mean of precision and recall; 1 where there was nothing to name and nothing was. */
  get f1(): number {
    const all = 2 * this.#right + this.#wrong + this.#missed;
    return all === 0 ? 1 : (2 * this.#right) / all;
  }

  get cases(): number {
    return this.#cases;
  }

  /** The share of cases whose set was exactly right. */
  get exact(): number {
    return this.#exact / this.#cases;
  }
}

function read<T>(name: string): T {
  return JSON.parse(readFileSync(`${FOLDER}/${name}`, 'utf8')) as T;
}
