import type { Alert } from '../model/alert.js';
import { type AnalysisOutcome, causesOf } from '../model/analysis.js';
import { ALL, formatSlice, parseSlice } from '../model/slice.js';

/** An alert with what its analysis blames. */
export type Blaming = Pick<Alert, 'metric' | 'direction' | 'startedAt'> & { blames: readonly Blame[] };

/** One cause that an alert's analysis names. */
export interface Blame {
  /** The cause with the alert's own slice. */
  slice: string;
  /** What the cause is called: the slice within the alert's own, and that with the alert's own. Never `all`. */
  names: readonly string[];
  /** True when it is narrower than the alert itself, which says no more than that it is there. */
  isFound: boolean;
  /** Of the alert's change. */
  share: number;
}

/** A cause is taken to be one when it is more likely right than not, and when it explains the better part. */
const LEAST_CONFIDENCE = 0.5;
const LEAST_SHARE = 0.5;

/** What an alert's analysis blames, as far as it pushes the way that the alert is about. */
export function blamesOf(
  { slice, direction }: Pick<Alert, 'slice' | 'direction'>,
  outcome: AnalysisOutcome,
): Blame[] {
  const own = parseSlice(slice);
  return causesOf(outcome).flatMap((cause) => {
    const pushes = direction === 'up' ? cause.excess > 0 : cause.excess < 0;
    if (!pushes || cause.confidence < LEAST_CONFIDENCE) return [];
    const within = formatSlice(cause.slice);
    const whole = formatSlice({ ...own, ...cause.slice });
    const names = [...new Set([within, whole])].filter((name) => name !== ALL);
    return [{ slice: whole, names, isFound: within !== ALL, share: cause.explained ?? 0 }];
  });
}

/** The one slice within an alert's own that the better part of it comes from; null where there is none. */
export function mainCause(
  alert: Pick<Alert, 'slice' | 'direction'>,
  outcome: AnalysisOutcome,
): string | null {
  const main = blamesOf(alert, outcome).find(({ isFound, share }) => isFound && share >= LEAST_SHARE);
  return main?.slice ?? null;
}

/**
 * The slice that is behind both of two alerts, null when nothing says so. Both must owe it the better part of their
 * change, and at least one of the analyses must have found it: that two alerts are on the same slice, or both
 * everywhere, is no cause. One metric's rise and its fall are two things wherever they are, and what began more than
 * `within` ms apart happens to be in the same place.
 */
export function sameCause(one: Blaming, other: Blaming, within: number): string | null {
  if (one.metric === other.metric && one.direction !== other.direction) return null;
  if (Math.abs(one.startedAt - other.startedAt) > within) return null;
  const shared: { slice: string; share: number }[] = [];
  const owed = { one: 0, other: 0 };
  for (const blame of one.blames) {
    const match = other.blames.find(({ isFound, names }) => {
      return (blame.isFound || isFound) && names.some((name) => blame.names.includes(name));
    });
    const slice = blame.names.find((name) => match?.names.includes(name));
    if (match === undefined || slice === undefined) continue;
    owed.one += blame.share;
    owed.other += match.share;
    shared.push({ slice, share: Math.min(blame.share, match.share) });
  }
  if (owed.one < LEAST_SHARE || owed.other < LEAST_SHARE) return null;
  return shared.sort((a, b) => b.share - a.share)[0]?.slice ?? null;
}
