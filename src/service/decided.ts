import type { Redress } from '../redress.js';

/**
 * What is decided, and one thing at a time that decides more: decisions are made in order, and what fails leaves no
 * half-made one behind.
 *
 * What is decided is in memory and in the journal. When the journal cannot be written, memory is ahead of it: then
 * everything decided is thrown away and read again from the store before the next decision, so that a store that
 * fails can delay an alert but never change one.
 */
export class Decided {
  readonly #read: () => Promise<Redress>;
  #known: Redress | null = null;
  #queue: Promise<unknown> = Promise.resolve();

  /** @param read puts the deciding parts together, as the store has them. */
  constructor(read: () => Promise<Redress>) {
    this.#read = read;
  }

  /** Null while it is being read. */
  get known(): Redress | null {
    return this.#known;
  }

  /** Does the work when all before it is done; what is decided is read first if it has to be. */
  inTurn<T>(work: (redress: Redress) => Promise<T>): Promise<T> {
    return this.#next(async () => {
      this.#known ??= await this.#read();
      return work(this.#known);
    });
  }

  /** The same, but nothing where nothing is known by then. */
  whenKnown(work: (redress: Redress) => Promise<void>): Promise<void> {
    return this.#next(async () => {
      if (this.#known !== null) await work(this.#known);
    });
  }

  /** Puts the deciding parts together anew; only within a turn. */
  async readAgain(): Promise<Redress> {
    this.#known = null;
    this.#known = await this.#read();
    return this.#known;
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work).catch((error: unknown) => {
      this.#known = null;
      throw error;
    });
    this.#queue = turn.catch(() => {});
    return turn;
  }
}
