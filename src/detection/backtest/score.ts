import { median } from 'simple-statistics';
import { type Instant, WEEK } from '../../model/clock.js';
import { formatSlice } from '../../model/slice.js';
import { type Episode, type Label, toldOf } from './labels.js';

/** What became of one label. */
export interface LabelOutcome {
  label: Label;
  /** The alerts that told of it, the earliest first, and of those of one moment the one on its own slice. */
  episodes: readonly Episode[];
  /** When the first of them fired; null when it was missed. */
  foundAt: Instant | null;
  /** From its beginning to the first alert, ms. */
  delay: number | null;
  /** Orders, or whatever the metric counts over, from its beginning to the first alert; null without a denominator. */
  orders: number | null;
}

/** What a run was worth, or the part of it that is looked at. */
export interface Figures {
  /** Alerts that people would have been told of. */
  alerts: number;
  alertsPerWeek: number;
  /** Alerts that an open alert of a parent slice kept from people. */
  held: number;
  /** Null where there are no labels. */
  scores: Scores | null;
}

/** Held against labels. By event: a label counts once however many alerts tell of it. */
export interface Scores {
  labels: number;
  found: number;
  /** Alerts that tell of a label. */
  right: number;
  /** `right` of all alerts; null when there was none. */
  precision: number | null;
  /** `found` of all labels. */
  recall: number | null;
  /** The harmonic mean of both; 0 when labels were there and none was found. */
  f1: number | null;
  /** Medians over the labels found. */
  delay: number | null;
  orders: number | null;
}

/** What is counted: alerts that fire, and labels that begin, in a span of time. */
export interface Span {
  from: Instant;
  /** Exclusive. */
  to: Instant;
}

/** Orders that a series counted in a span; null when it has no denominator. */
export type CountOrders = (label: Label, episode: Episode, until: Instant) => number | null;

/** Finds for each label the alerts that told of it. */
export function outcomesOf(
  labels: readonly Label[],
  episodes: readonly Episode[],
  { grace, countOrders }: { grace: number; countOrders: CountOrders },
): LabelOutcome[] {
  return labels.map((label) => {
    const own = formatSlice(label.slice);
    const isElsewhere = ({ alert: { slice } }: Episode) => Number(slice !== own);
    const telling = episodes
      .flatMap((episode) => {
        const at = toldOf(label, episode, grace);
        return at === null ? [] : [{ episode, at }];
      })
      .sort(
        (a, b) =>
          a.at - b.at ||
          isElsewhere(a.episode) - isElsewhere(b.episode) ||
          (a.episode.alert.alertId < b.episode.alert.alertId ? -1 : 1),
      );
    const [first] = telling;
    return {
      label,
      episodes: telling.map(({ episode }) => episode),
      foundAt: first?.at ?? null,
      delay: first === undefined ? null : first.at - label.from,
      orders: first === undefined ? null : countOrders(label, first.episode, first.at),
    };
  });
}

/**
 * The figures of the alerts that fired, and of the labels that began, in a span; of one metric, only its own labels are
 * asked for, but an alert is right by a label of any metric too.
 */
export function figuresOf(
  all: readonly Episode[],
  outcomes: readonly LabelOutcome[] | null,
  span: Span,
  metric: string | null = null,
): Figures {
  const episodes = metric === null ? all : all.filter(({ alert }) => alert.metric === metric);
  const within = episodes.filter(({ alert }) => isWithin(alert.openedAt, span));
  const told = within.filter(({ announcedAt }) => announcedAt.length > 0);
  const weeks = (span.to - span.from) / WEEK;
  return {
    alerts: told.length,
    alertsPerWeek: weeks > 0 ? told.length / weeks : 0,
    held: within.length - told.length,
    scores: outcomes === null ? null : scoresOf(told, outcomes, span, metric),
  };
}

function scoresOf(
  told: readonly Episode[],
  outcomes: readonly LabelOutcome[],
  span: Span,
  metric: string | null,
): Scores {
  const tellOfOne = rightOnes(outcomes);
  const right = told.filter(({ alert }) => tellOfOne.has(alert.alertId)).length;
  const asked = outcomes.filter(
    ({ label }) => isWithin(label.from, span) && (metric === null || label.metric === metric),
  );
  const found = asked.filter(({ foundAt }) => foundAt !== null);
  const precision = told.length === 0 ? null : right / told.length;
  const recall = asked.length === 0 ? null : found.length / asked.length;
  return {
    labels: asked.length,
    found: found.length,
    right,
    precision,
    recall,
    f1: harmonic(precision, recall),
    delay: medianOf(found.map(({ delay }) => delay)),
    orders: medianOf(found.map(({ orders }) => orders)),
  };
}

/** The ids of the alerts that told of a label. */
export function rightOnes(outcomes: readonly LabelOutcome[]): ReadonlySet<string> {
  return new Set(outcomes.flatMap(({ episodes }) => episodes.map(({ alert }) => alert.alertId)));
}

/** Without alerts there is no precision, but labels that nobody was told of are a failure all the same. */
function harmonic(precision: number | null, recall: number | null): number | null {
  if (recall === null) return null;
  if (precision === null) return 0;
  return precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
}

function medianOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : median(known);
}

const isWithin = (at: Instant | null, { from, to }: Span): boolean => at !== null && at >= from && at < to;
