import type { Json } from '../model/json.js';
import type { SavedJudge } from '../model/judge-state.js';
import { instants, type NativeColumn, nativeBlock, strings, uint8s, words } from './native-block.js';
import { inParameters } from './parameter-size.js';
import { type RowBinaryReader, rowsOf, type UnreadText } from './row-binary-reader.js';
import { queryText } from './sql-files.js';
import type { Store } from './store.js';

/** The columns of `queries/insert_judge_states.sql`. */
const COLUMNS: readonly NativeColumn<SavedJudge>[] = [
  words('metric', ({ metric }) => metric),
  strings('slice', ({ slice }) => slice),
  words('detector', ({ detector }) => detector),
  strings('parameters', ({ parameters }) => parameters),
  instants('observed_until', ({ observedUntil }) => observedUntil),
  strings('state', ({ state }) => JSON.stringify(state)),
  uint8s('slot', ({ slot }) => slot ?? 0),
];
/** A row of an hourly rate under `auto`, which knows a week of hours. */
const EXPECTED_BYTES = 4_096;
/** So many rows are on their way at once: what a hundred thousand judges know is never in memory twice. */
const PORTION = 1_000;
/** After so many rows the next metric's are an insert of their own, because the engine has all of an insert in memory. */
const ROWS_AN_INSERT = 20_000;

/**
 * A row whose state is read when it is wanted: most of the time of a restart would go into it, and as text all states
 * together would be moved about by the garbage collector before they are.
 */
class StoredJudge implements SavedJudge {
  readonly metric: string;
  readonly slice: string;
  readonly detector: string;
  readonly parameters: string;
  readonly observedUntil: number;
  readonly slot: number;
  readonly #text: UnreadText;

  /** The columns of `queries/judge_states.sql` and `earlier_judge_states.sql`, in their order. */
  constructor(row: RowBinaryReader) {
    this.metric = row.string();
    this.slice = row.string();
    this.detector = row.string();
    this.parameters = row.string();
    this.observedUntil = row.int64();
    this.#text = row.unread();
    this.slot = row.uint8();
  }

  get isElsewhere(): boolean {
    return this.#text.start === this.#text.end;
  }

  get state(): Json {
    if (this.isElsewhere) return null;
    const { bytes, start, end } = this.#text;
    return JSON.parse(bytes.toString('utf8', start, end)) as Json;
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
    return this.#read('judge_states', {});
  }

  /** The earlier states of some slices. */
  async earlier(metric: string, slices: readonly string[]): Promise<SavedJudge[]> {
    const found: SavedJudge[] = [];
    for (const portion of inParameters(slices))
      found.push(...(await this.#read('earlier_judge_states', { metric, slices: portion })));
    return found;
  }

  /**
   * All of a metric's or none, whose rows follow one another; they are asked for one after another, while those before
   * are being written.
   */
  async write(judges: Iterable<SavedJudge>): Promise<void> {
    const rows = judges[Symbol.iterator]();
    let next = rows.next();
    function* ofOneInsert(): Generator<SavedJudge> {
      let metric = '';
      for (let count = 0; next.done !== true; count += 1) {
        const row = next.value;
        if (count >= ROWS_AN_INSERT && row.metric !== metric) return;
        metric = row.metric;
        yield row;
        next = rows.next();
      }
    }
    while (next.done !== true) await this.#store.insertRows('insert_judge_states', blocks(ofOneInsert()));
  }

  async #read(name: string, parameters: Record<string, unknown>): Promise<SavedJudge[]> {
    const found: SavedJudge[] = [];
    const pieces = this.#store.pieces(queryText(name), parameters);
    for await (const rows of rowsOf(pieces, (row) => new StoredJudge(row)))
      for (const row of rows) found.push(row);
    return found;
  }
}

function* blocks(judges: Iterable<SavedJudge>): Generator<Buffer> {
  let portion: SavedJudge[] = [];
  for (const judge of judges) {
    portion.push(judge);
    if (portion.length < PORTION) continue;
    yield nativeBlock(portion, COLUMNS, EXPECTED_BYTES);
    portion = [];
  }
  if (portion.length > 0) yield nativeBlock(portion, COLUMNS, EXPECTED_BYTES);
}
