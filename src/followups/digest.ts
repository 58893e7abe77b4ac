import type { Alert } from '../model/alert.js';
import { DAY, type Instant, WEEK } from '../model/clock.js';
import type { Age, Digest, Workload } from '../model/digest.js';
import type { FollowUp, FollowUpMark, Priority } from '../model/follow-up.js';
import { isOpenFollowUp, isWaitingForPeople } from './record.js';

/** Open for longer than this is worth a line of its own. */
const AGEING = 14 * DAY;
const MOST_AGEING = 10;
const MOST_NOISY = 5;

const ACKNOWLEDGED: ReadonlySet<string> = new Set(['acknowledged', 'started', 'fix_shipped']);
const AGAIN: ReadonlySet<string> = new Set(['reopened', 'relapsed']);

/**
 * What happened in `[from, to)`. What is said to be open or overdue is so at `to`, which should not be long ago: what
 * has been closed since then is not known to have been open.
 */
export function buildDigest(
  everything: { followUps: readonly FollowUp[]; alerts: readonly Alert[] },
  { from, to, owner }: { from: Instant; to: Instant; owner: string | null },
): Digest {
  const isWithin = (at: Instant | null) => at !== null && at >= from && at < to;
  const isOwned = (it: { owner: string }) => owner === null || it.owner === owner;
  const followUps = everything.followUps.filter(isOwned).sort(soonestDueFirst);
  const alerts = everything.alerts.filter((alert) => alert.kind === 'metric' && isOwned(alert));
  const fired = alerts.filter(({ openedAt }) => isWithin(openedAt));
  const followed = new Set(everything.followUps.flatMap(({ alertIds }) => alertIds));
  const open = followUps.filter(isOpenFollowUp);
  return {
    from,
    to,
    owner,
    opened: followUps.filter(({ openedAt }) => isWithin(openedAt)),
    verified: followUps.filter(({ state, closedAt }) => state === 'verified' && isWithin(closedAt)),
    reopened: followUps.filter(({ marks }) =>
      marks.some(({ reason, at }) => AGAIN.has(reason) && isWithin(at)),
    ),
    overdue: open.filter((it) => isWaitingForPeople(it) && it.dueAt < to),
    ageing: [...open]
      .filter(({ openedAt }) => to - openedAt > AGEING)
      .sort((a, b) => a.openedAt - b.openedAt)
      .slice(0, MOST_AGEING),
    alerts: counted(fired, ({ metric }) => metric).map(([metric, of]) => ({
      metric,
      fired: of.length,
      followedUp: of.filter(({ alertId }) => followed.has(alertId)).length,
      stillOpen: of.filter(({ resolvedAt }) => resolvedAt === null).length,
      judged: of.filter(({ feedback }) => feedback !== null).length,
      precision: share(
        of.filter(({ feedback }) => feedback !== null),
        (alert) => !isUnwanted(alert),
      ),
    })),
    noisiest: noisiestOf(fired),
    workload: workloadOf(followUps, isWithin, to),
  };
}

/** Said to have been nothing, or nothing that people did not know. */
function isUnwanted({ feedback }: Alert): boolean {
  return feedback?.verdict === 'false_alarm' || feedback?.verdict === 'expected';
}

function noisiestOf(fired: readonly Alert[]): Digest['noisiest'] {
  return counted(fired, ({ metric, slice }) => JSON.stringify([metric, slice]))
    .flatMap(([, of]) =>
      of.slice(0, 1).map(({ metric, slice }) => {
        return { metric, slice, fired: of.length, unwanted: of.filter(isUnwanted).length };
      }),
    )
    .filter((rule) => rule.fired > 1 || rule.unwanted > 0)
    .sort((a, b) => b.unwanted - a.unwanted || b.fired - a.fired)
    .slice(0, MOST_NOISY);
}

function workloadOf(
  followUps: readonly FollowUp[],
  isWithin: (at: Instant | null) => boolean,
  now: Instant,
): Workload {
  const open = counted(followUps.filter(isOpenFollowUp), ({ owner }) => owner);
  const closed = followUps.filter(({ closedAt }) => isWithin(closedAt));
  const everVerified = followUps.filter((it) => marksOf(it, new Set(['verified'])).length > 0);
  /** From the last mark before it, of a kind, to each first mark of another kind that lies within the time. */
  const durations = (
    kinds: ReadonlySet<string>,
    since: (followUp: FollowUp, at: Instant) => Instant | undefined,
  ) =>
    median(
      followUps.flatMap((followUp) => {
        const [first] = marksOf(followUp, kinds);
        const begun = first === undefined ? undefined : since(followUp, first.at);
        return first === undefined || begun === undefined || !isWithin(first.at) ? [] : [first.at - begun];
      }),
    );
  return {
    open: open.map(([owner, of]) => ({
      owner,
      open: of.length,
      overdue: of.filter((it) => isWaitingForPeople(it) && it.dueAt < now).length,
      byPriority: byPriority(of),
      byAge: byAge(of, now),
    })),
    timeToAcknowledge: durations(ACKNOWLEDGED, ({ openedAt }) => openedAt),
    timeToFix: durations(new Set(['fix_shipped']), ({ openedAt }) => openedAt),
    timeToVerify: durations(
      new Set(['verified']),
      (followUp, at) =>
        marksOf(followUp, new Set(['fix_shipped']))
          .filter((mark) => mark.at <= at)
          .at(-1)?.at,
    ),
    reopenRate: share(everVerified, (it) => marksOf(it, AGAIN).length > 0),
    shareVerified: share(closed, ({ state }) => state === 'verified'),
  };
}

function marksOf({ marks }: FollowUp, kinds: ReadonlySet<string>): readonly FollowUpMark[] {
  return marks.filter(({ reason }) => kinds.has(reason));
}

function byPriority(followUps: readonly FollowUp[]): Record<Priority, number> {
  const counts = { low: 0, normal: 0, high: 0, urgent: 0 };
  for (const { priority } of followUps) counts[priority] += 1;
  return counts;
}

function byAge(followUps: readonly FollowUp[], now: Instant): Record<Age, number> {
  const counts = { days: 0, weeks: 0, months: 0 };
  for (const { openedAt } of followUps) {
    const age = now - openedAt;
    counts[age < WEEK ? 'days' : age < 4 * WEEK ? 'weeks' : 'months'] += 1;
  }
  return counts;
}

/** Items by a key, the most first, then by the key. */
function counted<Item>(items: readonly Item[], keyOf: (item: Item) => string): [string, Item[]][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return [...groups].sort(([a, one], [b, other]) => other.length - one.length || (a < b ? -1 : 1));
}

function share<Item>(items: readonly Item[], is: (item: Item) => boolean): number | null {
  return items.length === 0 ? null : items.filter(is).length / items.length;
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  if (upper === undefined) return null;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

function soonestDueFirst(a: FollowUp, b: FollowUp): number {
  return a.dueAt - b.dueAt || (a.followUpId < b.followUpId ? -1 : 1);
}
