/** A seeded generator of uniform numbers in [0, 1): mulberry32 (Ettinger, 2017). */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A standard normal number (Box and Muller, 1958). */
export function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A gamma number with mean 1 and the given variance (Marsaglia and Tsang, 2000). */
export function gammaOfMeanOne(variance: number, random: () => number): number {
  if (variance <= 0) return 1;
  const shape = 1 / variance;
  const boost = shape < 1 ? (1 - random()) ** (1 / shape) : 1;
  const d = (shape < 1 ? shape + 1 : shape) - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = gaussian(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) {
      return (boost * d * v) / shape;
    }
  }
}

/** A Poisson count: by multiplication (Knuth, 1969), in pieces so that a great mean does not underflow. */
export function poisson(mean: number, random: () => number): number {
  let count = 0;
  let left = mean;
  while (left > 0) {
    const limit = Math.exp(-Math.min(left, 500));
    left -= 500;
    for (let product = 1 - random(); product > limit; product *= 1 - random()) count += 1;
  }
  return count;
}
