/**
 * A small seeded generator of random numbers: sfc32 (Chris Doty-Humphrey, PractRand, 2010), 128 bits of state.
 * The same seed gives the same numbers on every machine, which `Math.random` does not promise.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number) {
    this.#a = mix(seed, 1);
    this.#b = mix(seed, 2);
    this.#c = mix(seed, 3);
    // The author's advice: the first rounds only spread the seed over the state.
    for (let round = 0; round < 12; round++) this.#next();
  }

  /** Even over [0, 1). */
  uniform(): number {
    return this.#next() / 2 ** 32;
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** Standard normal, by Box and Muller (1958). */
  normal(): number {
    return boxMuller(this.uniform(), this.uniform());
  }

  /** Exponential with the given mean. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.uniform());
  }

  /** A number of events when `mean` are expected, by counting exponential gaps (Knuth 1969, 3.4.1). */
  poisson(mean: number): number {
    // Above this mean the product of gaps would leave the range of a double; a sum of Poissons is one too.
    if (mean > 500) return this.poisson(mean / 2) + this.poisson(mean / 2);
    const limit = Math.exp(-mean);
    let count = 0;
    for (let product = this.uniform(); product > limit; product *= this.uniform()) count++;
    return count;
  }

  /** An index, each as likely as its share of the cumulative weights' total. */
  choose(cumulative: Float64Array): number {
    const mark = this.uniform() * (cumulative[cumulative.length - 1] as number);
    let low = 0;
    let high = cumulative.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (mark < (cumulative[middle] as number)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #next(): number {
    const result = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + result;
    return result >>> 0;
  }
}

/** Running sums of weights, for {@link Random.choose}. */
export function cumulate(weights: readonly number[]): Float64Array {
  let sum = 0;
  return Float64Array.from(weights, (weight) => {
    sum += weight;
    return sum;
  });
}

/**
 * A standard normal number that belongs to a place, the same whenever it is asked for. A walk through time
 * cannot give it: a dispute's hour is known days before the hour is reached.
 */
export function normalAt(seed: number, series: number, index: number): number {
  const key = mix(mix(seed, series), index);
  return boxMuller(mix(key, 1) / 2 ** 32, mix(key, 2) / 2 ** 32);
}

function boxMuller(first: number, second: number): number {
  return Math.sqrt(-2 * Math.log(1 - first)) * Math.cos(2 * Math.PI * second);
}

/** Two numbers into 32 well-spread bits, with the finalizer of MurmurHash3 (Austin Appleby, 2011). */
function mix(a: number, b: number): number {
  let hash = (Math.imul(a | 0, 0x9e3779b1) ^ Math.imul(b | 0, 0x85ebca77) ^ 0x27d4eb2f) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
