import { MINUTE, SECOND } from '../../src/model/clock.js';
import { seededRandom } from '../support/random.js';

/** What Redress is expected to take in its usual work: close to a million events a day. */
const EXPECTED_RATE = 10;
/** Events a second. */
export const RATE = 10 * EXPECTED_RATE;
/** How much simulated time one request carries. */
export const STEP = 15 * SECOND;

const REGIONS = ['GB', 'DE', 'FR', 'ES', 'IT', 'NL', 'PL', 'SE'];
const CATEGORIES = ['toys', 'shoes', 'books', 'phones', 'garden', 'kitchen', 'beauty', 'sports'];
const SCENARIOS = ['damaged', 'not_received', 'not_as_described'];
/** One event in so many is a dispute in usual times, and while something is wrong in one region. */
const USUAL_DISPUTES = 0.05;
const WRONG_DISPUTES = 0.4;
/** Every so often a region goes wrong, for so long. */
const INCIDENT_EVERY = 30 * MINUTE;
const INCIDENT_LASTS = 10 * MINUTE;
/** One event in so many arrives again, and one is late by some minutes: both make work that a clean stream does not. */
const REPEATED = 0.01;
const LATE = 0.002;

/** The marketplace's events of steps of simulated time, as NDJSON: the same for the same seed. */
export class Load {
  readonly #random: () => number;
  readonly #start: number;
  #count = 0;
  #repeated = 0;

  constructor(seed: number, start: number) {
    this.#random = seededRandom(seed);
    this.#start = start;
  }

  /** Distinct events so far. */
  get events(): number {
    return this.#count;
  }

  /** Those that were sent twice. */
  get repeated(): number {
    return this.#repeated;
  }

  /** The events of `[from, from + STEP)`. */
  step(from: number): string {
    const lines: string[] = [];
    const events = (RATE * STEP) / SECOND;
    for (let index = 0; index < events; index += 1) {
      const line = this.#event(from + Math.floor((index * STEP) / events));
      lines.push(line);
      if (this.#random() >= REPEATED) continue;
      lines.push(line);
      this.#repeated += 1;
    }
    return lines.join('\n');
  }

  #event(at: number): string {
    const region = this.#oneOf(REGIONS);
    const share = region === this.#wrongRegion(at) ? WRONG_DISPUTES : USUAL_DISPUTES;
    const isDispute = this.#random() < share;
    const late = this.#random() < LATE ? Math.floor(this.#random() * 5 * MINUTE) : 0;
    return JSON.stringify({
      event_id: `s-${this.#count++}`,
      type: isDispute ? 'dispute.opened' : 'order.delivered',
      occurred_at: at - late,
      order_id: `o-${this.#count}`,
      region,
      category: this.#oneOf(CATEGORIES),
      ...(isDispute ? { scenario: this.#oneOf(SCENARIOS) } : {}),
      amount: (this.#random() * 90 + 5).toFixed(2),
      currency: 'EUR',
    });
  }

  #wrongRegion(at: number): string {
    const since = at - this.#start;
    const turn = Math.floor(since / INCIDENT_EVERY);
    const isWrong = turn > 0 && since % INCIDENT_EVERY < INCIDENT_LASTS;
    return isWrong ? (REGIONS[turn % REGIONS.length] as string) : '';
  }

  #oneOf(values: readonly string[]): string {
    return values[Math.floor(this.#random() * values.length)] as string;
  }
}
