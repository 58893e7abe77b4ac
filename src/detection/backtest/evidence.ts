import { median } from 'simple-statistics';
import type { Alert, FeedbackVerdict } from '../../model/alert.js';
import { type Instant, WEEK } from '../../model/clock.js';
import { parseSlice } from '../../model/slice.js';
import { type Episode, type Label, toldOf } from './labels.js';
import type { Span } from './score.js';

/** An alert that a person has said something of. */
export interface Marked {
  fingerprint: string;
  from: Instant;
  to: Instant;
  verdict: FeedbackVerdict;
}

/** What is known of what was right to tell and what was not. */
export interface Evidence {
  /** Times at which something was wrong. */
  incidents: readonly Label[];
  marked: readonly Marked[];
  /** True when every incident is among them, so that an alert outside of them all is wrong. */
  complete: boolean;
}

/** How a run stands against the evidence, in a span. */
export interface Weighing {
  alerts: number;
  alertsPerWeek: number;
  incidents: number;
  found: number;
  right: number;
  wrong: number;
  /** Alerts of which nothing is known. */
  unknown: number;
  precision: number | null;
  recall: number | null;
  /** Median over the incidents found, as a backtest has it, ms. */
  delay: number | null;
  /** How much of each incident had passed before it was told of, 0 to 1, added up over those found. */
  lateness: number;
}

/**
 * Puts labels and people's feedback together. An alert called true is an incident on its own slice for as long as it
 * lasted, unless a label says so already; one called a false alarm is wrong whatever the labels say. `expected` and
 * `new_normal` say that the alert was right to see something and that nobody had to be told: that is the calendar's
 * business and the judges', no parameter's, and such alerts count neither way.
 */
export function evidenceFrom(
  labels: readonly Label[] | null,
  alerts: readonly Alert[],
  end: Instant,
): Evidence {
  const marked: Marked[] = [];
  const incidents = [...(labels ?? [])];
  for (const alert of alerts) {
    const { feedback, fingerprint, startedAt, openedAt, resolvedAt } = alert;
    if (feedback === null || openedAt === null || alert.kind !== 'metric') continue;
    const to = resolvedAt ?? end;
    marked.push({ fingerprint, from: startedAt, to, verdict: feedback.verdict });
    if (feedback.verdict !== 'true') continue;
    const seen: Episode = { alert, announcedAt: [openedAt] };
    if (incidents.some((label) => toldOf(label, seen, 0) !== null)) continue;
    incidents.push({
      metric: alert.metric,
      slice: parseSlice(alert.slice),
      from: startedAt,
      to,
      title: `${alert.metric} ${alert.slice}, called true by ${feedback.by}`,
      place: alert.alertId,
    });
  }
  incidents.sort((a, b) => a.from - b.from || a.to - b.to);
  return { incidents, marked, complete: labels !== null };
}

/** Holds the alerts that fired in a span, and the incidents that began in it, against each other. */
export function weigh(
  episodes: readonly Episode[],
  { incidents, marked, complete }: Evidence,
  { from, to }: Span,
  grace: number,
): Weighing {
  const told = episodes.filter(
    ({ alert: { openedAt }, announcedAt }) =>
      announcedAt.length > 0 && openedAt !== null && openedAt >= from && openedAt < to,
  );
  const counts = { right: 0, wrong: 0, unknown: 0, neither: 0 };
  for (const episode of told) counts[verdictOn(episode, incidents, marked, complete, to, grace)] += 1;
  // A label of no metric says that an alert is right, and asks nothing of any one metric.
  const asked = incidents.filter((label) => label.metric !== null && label.from >= from && label.from < to);
  const delays = asked.flatMap((label) => {
    const moments = told.map((episode) => toldOf(label, episode, grace)).filter((at) => at !== null);
    return moments.length === 0 ? [] : [{ label, delay: Math.min(...moments) - label.from }];
  });
  const judged = counts.right + counts.wrong;
  return {
    alerts: told.length,
    alertsPerWeek: to > from ? (told.length * WEEK) / (to - from) : 0,
    incidents: asked.length,
    found: delays.length,
    right: counts.right,
    wrong: counts.wrong,
    unknown: counts.unknown,
    precision: judged === 0 ? null : counts.right / judged,
    recall: asked.length === 0 ? null : delays.length / asked.length,
    delay: delays.length === 0 ? null : median(delays.map(({ delay }) => delay)),
    lateness: delays.reduce((sum, { label, delay }) => sum + Math.min(1, delay / (label.to - label.from)), 0),
  };
}

function verdictOn(
  episode: Episode,
  incidents: readonly Label[],
  marked: readonly Marked[],
  complete: boolean,
  end: Instant,
  grace: number,
): 'right' | 'wrong' | 'unknown' | 'neither' {
  const { alert } = episode;
  const over = alert.resolvedAt ?? end;
  const said = marked.find(
    ({ fingerprint, from, to }) => fingerprint === alert.fingerprint && alert.startedAt <= to && from <= over,
  );
  if (said?.verdict === 'expected' || said?.verdict === 'new_normal') return 'neither';
  if (said?.verdict === 'false_alarm') return 'wrong';
  if (said?.verdict === 'true') return 'right';
  if (incidents.some((label) => toldOf(label, episode, grace) !== null)) return 'right';
  return complete ? 'wrong' : 'unknown';
}

/** What an alert costs of which nothing is known: more alerts are not better for being new. */
const UNKNOWN_COSTS = 0.5;

/**
 * What a run costs, in wrong alerts: each wrong one 1, each missed incident `missed` of them, each one found up to 1 by
 * how much of it had passed, and each alert of which nothing is known a half.
 */
export function lossOf(
  { incidents, found, wrong, unknown, lateness }: Weighing,
  { missed }: { missed: number },
): number {
  return missed * (incidents - found) + wrong + UNKNOWN_COSTS * unknown + lateness;
}

/** Incidents of the earlier history that a search must have, incidents of the later one, and evidence in all. */
export const LEAST_EVIDENCE = { earlier: 2, later: 1, all: 6 } as const;

/** So much of the incidents is searched on; the rest confirms. */
const EARLIER_SHARE = 0.6;

/** Where the history is cut so that 60 % of the incidents lie before; null when there are too few to cut. */
export function splitAt(incidents: readonly Label[]): Instant | null {
  const before = Math.min(Math.ceil(EARLIER_SHARE * incidents.length), incidents.length - 1);
  const [last, next] = [incidents[before - 1], incidents[before]];
  if (last === undefined || next === undefined) return null;
  return last.to < next.from ? (last.to + next.from) / 2 : next.from;
}
