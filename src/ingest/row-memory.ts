/** Less is not worth keeping: it is cheap to make, and one that a small batch holds must not be large. */
const LEAST_BYTES = 256 << 10;

/**
 * Memory of rows that have been written, for rows to come. Rows that wait for the store grow old; left to the garbage
 * collector, they stay long after they were written, because it looks at what is old only when there is much more of it.
 */
export class RowMemory {
  readonly #most: number;
  #free: Buffer[] = [];
  #bytes = 0;

  /** @param most bytes that are kept while nobody uses them. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Memory for so many bytes or more, with anything in it. */
  take(bytes: number): Buffer {
    if (bytes < LEAST_BYTES) return Buffer.allocUnsafeSlow(bytes);
    const found = this.#free.find((buffer) => buffer.length >= bytes);
    // Of few sizes, so that one that was made for a batch does for most others.
    if (found === undefined) return Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(bytes)));
    this.#free = this.#free.filter((buffer) => buffer !== found);
    this.#bytes -= found.length;
    return found;
  }

  /** Takes back what lies under these rows, which nobody reads any more. */
  give(rows: readonly Buffer[]): void {
    for (const { buffer } of rows) {
      if (buffer.byteLength < LEAST_BYTES || this.#bytes + buffer.byteLength > this.#most) continue;
      this.#free.push(Buffer.from(buffer));
      this.#bytes += buffer.byteLength;
    }
  }
}
