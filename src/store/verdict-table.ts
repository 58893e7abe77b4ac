import type { Verdict } from '../model/verdict.js';
import type { Store } from './store.js';
import { toSeconds } from './time.js';

const COLUMNS = [
  'metric',
  'slice',
  'bucket_start',
  'detector',
  'status',
  'reason',
  'value',
  'expected',
  'lower',
  'upper',
  'score',
  'direction',
] as const satisfies readonly [string, ...string[]];

/** Verdicts in the store. */
export class VerdictTable {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async write(verdicts: readonly Verdict[]): Promise<void> {
    await this.#store.insert('verdicts_log', COLUMNS, verdicts.map(row));
  }
}

function row(verdict: Verdict): unknown[] {
  return [
    verdict.metric,
    verdict.slice,
    toSeconds(verdict.bucketStart),
    verdict.detector,
    verdict.status,
    verdict.reason,
    verdict.value,
    verdict.expected,
    verdict.lower,
    verdict.upper,
    verdict.score,
    verdict.direction ?? '',
  ];
}
