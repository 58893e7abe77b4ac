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

type Row = Omit<SavedJudge, 'state' | 'isElsewhere'> & { text: string };

/** A row whose state is read when it is wanted: most of the time of a restart would go into it. */
class StoredJudge implements SavedJudge {
  readonly metric: string;
  readonly slice: string;
  readonly detector: string;
  readonly parameters: string;
  readonly observedUntil: number;
  readonly slot: number;
  readonly #text: string;

  constructor({ metric, slice, detector, parameters, observedUntil, slot = 0, text }: Row) {
    this.metric = metric;
    this.slice = slice;
    this.detector = detector;
    this.parameters = parameters;
    this.observedUntil = observedUntil;
    this.slot = slot;
    this.#text = text;
  }

  get isElsewhere(): boolean {
    return this.#text === '';
  }

  get state(): Json {
    return this.#text === '' ? null : (JSON.parse(this.#text) as Json);
  }
}

/** What judges know, so that a restart goes on where it stopped. */
export class JudgeStateTable {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The newest states; of earlier ones only how far they knew. */
  async read(): Promise<SavedJudge[]> {
    return (await this.#store.query<Row>('judge_states')).map((row) => new StoredJudge(row));
  }

  /** The earlier states of some slices. */
  async earlier(metric: string, slices: readonly string[]): Promise<SavedJudge[]> {
    const rows = await this.#store.query<Row>('earlier_judge_states', { metric, slices });
    return rows.map((row) => new StoredJudge(row));
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
