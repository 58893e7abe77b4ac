import type { InhibitionRule } from '../model/alert.js';
import { matches } from '../model/matchers.js';
import { formatSlice, isParentSlice, parseSlice } from '../model/slice.js';
import type { SeriesName } from './fingerprint.js';
import { labelsOf } from './labels.js';
import { compareText } from './order.js';
import type { AlertRecord } from './record.js';

/** What is known of an alert when it is asked what holds it back. */
export type Inhibited = Pick<AlertRecord, 'metric' | 'slice' | 'direction' | 'severity' | 'owner'>;

/** Which open alerts hold others back: those of parent slices, and those that a rule names. */
export class Inhibition {
  readonly #rules: readonly InhibitionRule[];
  /** Open alerts by series. */
  readonly #bySeries = new Map<string, AlertRecord>();
  /** The same by their ids. */
  readonly #open = new Map<string, AlertRecord>();
  /** For each rule, open alerts that match its source, by their values of the labels that must be equal. */
  readonly #sources: readonly Map<string, Set<string>>[];
  readonly #places = new Map<string, { rule: number; key: string }[]>();

  constructor(rules: readonly InhibitionRule[]) {
    this.#rules = rules;
    this.#sources = rules.map(() => new Map());
  }

  /** Takes in an alert as it has become. */
  note(alert: AlertRecord, isOpen: boolean): void {
    const series = seriesKey(alert.metric, alert.direction, alert.slice);
    for (const { rule, key } of this.#places.get(alert.alertId) ?? [])
      this.#sources[rule]?.get(key)?.delete(alert.alertId);
    this.#places.delete(alert.alertId);
    if (!isOpen) {
      if (this.#bySeries.get(series)?.alertId === alert.alertId) this.#bySeries.delete(series);
      this.#open.delete(alert.alertId);
      return;
    }
    this.#bySeries.set(series, alert);
    this.#open.set(alert.alertId, alert);
    if (this.#rules.length === 0) return;
    const labels = labelsOf(alert);
    const places = this.#rules.flatMap(({ source, equal }, rule) =>
      matches(source, labels) ? [{ rule, key: equalKey(equal, labels) }] : [],
    );
    for (const { rule, key } of places) {
      const sources = this.#sources[rule];
      const known = sources?.get(key);
      if (known === undefined) sources?.set(key, new Set([alert.alertId]));
      else known.add(alert.alertId);
    }
    this.#places.set(alert.alertId, places);
  }

  /**
   * The id of the alert that holds this one back, empty for none: of its parent slices the widest, so that one
   * marketplace-wide incident is told once and not once for each of its slices; otherwise what a rule names.
   */
  inhibitorOf(alert: Inhibited): string {
    return this.#parentOf(alert) || this.#sourceOf(alert);
  }

  #parentOf({ metric, direction, slice }: Inhibited): string {
    for (const parent of parentSlices(slice)) {
      const holder = this.#bySeries.get(seriesKey(metric, direction, parent));
      if (holder !== undefined && !this.#isExplained(holder)) return holder.alertId;
    }
    return '';
  }

  /** The id of the open alert of a series that can speak for what it explains; empty where there is none. */
  speaker({ metric, direction, slice }: SeriesName): string {
    const alert = this.#bySeries.get(seriesKey(metric, direction, slice));
    return alert?.heldBy === '' ? alert.alertId : '';
  }

  /** True for an alert that a slice within its own holds back: it has nothing to say for others either. */
  #isExplained({ slice, heldBy }: AlertRecord): boolean {
    const holder = this.#open.get(heldBy);
    return holder !== undefined && isParentSlice(parseSlice(slice), parseSlice(holder.slice));
  }

  #sourceOf(alert: Inhibited): string {
    if (this.#rules.length === 0) return '';
    const labels = labelsOf(alert);
    for (const [index, { source, target, equal }] of this.#rules.entries()) {
      if (!matches(target, labels) || matches(source, labels)) continue;
      const sources = this.#sources[index]?.get(equalKey(equal, labels)) ?? [];
      const [first] = [...sources].sort(compareText);
      if (first !== undefined) return first;
    }
    return '';
  }
}

function seriesKey(metric: string, direction: string, slice: string): string {
  return `${metric}\n${direction}\n${slice}`;
}

function equalKey(equal: readonly string[], labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(equal.map((label) => labels[label] ?? ''));
}

/** Beyond so many dimensions only the whole and the slices of one dimension are looked at. */
const MOST_DIMENSIONS = 6;

/** The slices that contain a slice, widest first and then by name; the slice itself is none of them. */
function parentSlices(slice: string): string[] {
  const labels = Object.entries(parseSlice(slice));
  if (labels.length > MOST_DIMENSIONS)
    return ['all', ...labels.map(([name, value]) => formatSlice({ [name]: value }))];
  const parents: { size: number; slice: string }[] = [];
  for (let mask = 0; mask < 2 ** labels.length - 1; mask++) {
    const kept = labels.filter((_label, index) => (mask & (1 << index)) !== 0);
    parents.push({ size: kept.length, slice: formatSlice(Object.fromEntries(kept)) });
  }
  return parents
    .sort((a, b) => a.size - b.size || compareText(a.slice, b.slice))
    .map((parent) => parent.slice);
}
