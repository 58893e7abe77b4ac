const WIDTH = 80;

/** One line on a terminal that is written over and over; silent where nobody watches. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  readonly #shown: boolean;
  #last = 0;

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
    this.#shown = stream.isTTY === true;
  }

  /** Shows the text, at most ten times a second. */
  show(text: string): void {
    const now = performance.now();
    if (!this.#shown || now - this.#last < 100) return;
    this.#last = now;
    // A terminal that does not say how wide it is says 0.
    const width = this.#stream.columns > 0 ? this.#stream.columns : WIDTH;
    this.#stream.write(`\r\u001b[K${text.slice(0, width - 1)}`);
  }

  /** Clears the line, so that what follows begins on an empty one. */
  clear(): void {
    if (this.#shown) this.#stream.write('\r\u001b[K');
  }
}
