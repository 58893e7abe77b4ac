import { type Instant, SECOND } from '../../model/clock.js';
import type { Point } from '../../model/point.js';
import { formatSlice, parseSlice, type SliceLabels } from '../../model/slice.js';
import { type Episode, type Label, slicesAgree } from './labels.js';

interface Counted {
  from: Instant;
  to: Instant;
  orders: number;
}

/**
 * Counts what the rates are over (orders, mostly) while incidents last, so that a delay can be told in them: an hour of
 * a large shop holds more evidence than a day of a small one.
 */
export class OrderCounter {
  readonly #labels: readonly Label[];
  readonly #grace: number;
  readonly #series = new Map<string, Counted[]>();
  readonly #parsed = new Map<string, SliceLabels>();

  constructor(labels: readonly Label[], grace: number) {
    this.#labels = labels;
    this.#grace = grace;
  }

  /** Takes in every point of a run, in the order of time. */
  observe({ metric, slice, bucketStart, bucketSeconds, denominator }: Point): void {
    if (denominator === null) return;
    const end = bucketStart + bucketSeconds * SECOND;
    const concerns = (label: Label) =>
      end > label.from &&
      bucketStart < label.to + this.#grace &&
      (label.metric === null || label.metric === metric) &&
      slicesAgree(label.slice, this.#labelsOf(slice));
    if (!this.#labels.some(concerns)) return;
    const key = `${metric} ${slice}`;
    const counted = { from: bucketStart, to: end, orders: denominator };
    const known = this.#series.get(key);
    if (known === undefined) this.#series.set(key, [counted]);
    else known.push(counted);
  }

  /**
   * Orders from the incident's beginning to a moment, on the label's own slice where the alert's metric has it and on
   * the alert's otherwise. The bucket in which the incident began counts with its part after that; null when the metric
   * counts over nothing.
   */
  readonly count = (label: Label, { alert }: Episode, until: Instant): number | null => {
    const own = this.#series.get(`${alert.metric} ${formatSlice(label.slice)}`);
    const counted = own ?? this.#series.get(`${alert.metric} ${alert.slice}`);
    if (counted === undefined) return null;
    let orders = 0;
    for (const bucket of counted) {
      if (bucket.to <= label.from || bucket.to > until) continue;
      orders += (bucket.orders * (bucket.to - Math.max(bucket.from, label.from))) / (bucket.to - bucket.from);
    }
    return Math.round(orders);
  };

  #labelsOf(slice: string): SliceLabels {
    const known = this.#parsed.get(slice);
    if (known !== undefined) return known;
    const labels = parseSlice(slice);
    this.#parsed.set(slice, labels);
    return labels;
  }
}
