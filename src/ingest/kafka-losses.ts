import { type PartitionOffsets, placeOf } from './kafka-offsets.js';

/** Messages that Kafka has deleted by age or by size before the group read them. */
export interface Loss {
  topic: string;
  partition: number;
  /** The first and the last of their offsets. */
  first: number;
  last: number;
}

/** Before every offset: where nothing has been read there is nothing to miss. */
const NEVER = -1;

/**
 * Notices what is gone before it was read. A gap between two batches alone says nothing: compaction and the marks of
 * transactions leave gaps too. It is a loss as far as the partition now begins behind it.
 */
export class UnreadLosses {
  /** The next offset of each place, as this process has read it. */
  readonly #next = new Map<string, number>();
  #known: ReadonlyMap<string, PartitionOffsets> = new Map();
  #gaps: { topic: string; partition: number; from: number; to: number }[] = [];

  /** Records that a partition was read from an offset up to another, which is not read yet. */
  read(topic: string, partition: number, from: number, to: number): void {
    const place = placeOf({ topic, partition });
    const next = Math.max(this.#next.get(place) ?? NEVER, this.#known.get(place)?.committed ?? NEVER);
    if (next !== NEVER && from > next) this.#gaps.push({ topic, partition, from: next, to: from });
    this.#next.set(place, to);
  }

  /** Takes what Kafka says now; answers what has been lost since it was last asked. */
  found(offsets: readonly PartitionOffsets[]): Loss[] {
    const known = new Map(offsets.map((it) => [placeOf(it), it]));
    this.#known = known;
    const gaps = this.#gaps;
    this.#gaps = [];
    return gaps.flatMap(({ topic, partition, from, to }) => {
      const low = known.get(placeOf({ topic, partition }))?.low ?? 0;
      const end = Math.min(low, to);
      return end > from ? [{ topic, partition, first: from, last: end - 1 }] : [];
    });
  }
}
