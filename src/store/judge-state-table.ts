import type { Json } from '../model/json.js';
import type { SavedJudge } from '../model/judge-state.js';
import type { Store } from './store.js';
import { toSeconds } from './time.js';

const COLUMNS = [
  'metric',
  'slice',
  'detector',
  'parameters',
  'observed_until',
  'state',
  'slot',
] as const satisfies readonly [string, ...string[]];

/** What judges know, so that a restart goes on where it stopped. */
export class JudgeStateTable {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async read(): Promise<SavedJudge[]> {
    const rows = await this.#store.query<Omit<SavedJudge, 'state'> & { state: string }>('judge_states');
    return rows.map((row) => ({ ...row, state: JSON.parse(row.state) as Json }));
  }

  async write(judges: readonly SavedJudge[]): Promise<void> {
    await this.#store.insert(
      'judge_states',
      COLUMNS,
      judges.map((judge) => [
        judge.metric,
        judge.slice,
        judge.detector,
        judge.parameters,
        toSeconds(judge.observedUntil),
        JSON.stringify(judge.state),
        judge.slot ?? 0,
      ]),
    );
  }
}
