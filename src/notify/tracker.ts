import type { Target } from '../model/alert.js';
import type { FollowUpState } from '../model/follow-up.js';
import type { MessageContext } from './alert-words.js';
import type { FollowUpNotification, Found, Notifier, Retry, SendOutcome } from './contract.js';
import { STATE_WORDS, turnWords } from './follow-up-words.js';
import type { Tried } from './outcome.js';
import { formatInstant, formatSliceWords, formatValue } from './wording.js';

/** A follow-up as a ticket elsewhere, in plain text that people and data have written. */
export interface Ticket {
  followUpId: string;
  title: string;
  facts: readonly (readonly [label: string, text: string])[];
  status: TicketStatus;
}

/** `dropped`: closed without having been done. */
export type TicketStatus = 'to_do' | 'in_progress' | 'done' | 'dropped';

/** Where a ticket is: the tracker's own reference for later calls, and the address for people. */
export interface TicketPlace {
  ref: string;
  url: string;
}

/** One tracker that keeps tickets. Nothing throws for what the tracker answers. */
export interface Tracker {
  /** Makes a ticket that can be found again by its follow-up's id. */
  create(ticket: Ticket): Promise<Tried<TicketPlace>>;
  /** Brings a ticket up to date, its status too; null when it is not there any more. */
  update(ref: string, ticket: Ticket): Promise<Tried<TicketPlace | null>>;
  /** Writes a comment that can be found again by its mark. */
  comment(ref: string, text: string, mark: string): Promise<Tried<unknown>>;
  find(followUpId: string): Promise<Tried<TicketPlace | null>>;
  hasComment(ref: string, mark: string): Promise<Tried<boolean>>;
}

const STATUS: Readonly<Record<FollowUpState, TicketStatus>> = {
  open: 'to_do',
  acknowledged: 'to_do',
  in_progress: 'in_progress',
  fix_shipped: 'in_progress',
  verifying: 'in_progress',
  verified: 'done',
  wont_do: 'dropped',
};

/**
 * Keeps a ticket for each follow-up: made by the first message, brought up to date by each later one, which is also a
 * comment on it. Targets are `github:NAME` and `jira:NAME`.
 */
export function trackerNotifier(
  scheme: string,
  trackers: ReadonlyMap<string, Tracker>,
  context: MessageContext,
): Notifier {
  const trackerOf = (target: Target) => trackers.get(target.slice(target.indexOf(':') + 1));
  return {
    scheme,
    async send(target, notification) {
      const tracker = trackerOf(target);
      if (tracker === undefined) return { outcome: 'failed', reason: 'unknown_target' };
      if (notification.kind !== 'follow_up') return { outcome: 'failed', reason: 'only_follow_ups' };
      return notification.rootRef === ''
        ? create(tracker, notification, context)
        : update(tracker, notification, target, context);
    },
    async find(target, notification) {
      const tracker = trackerOf(target);
      if (tracker === undefined || notification.kind !== 'follow_up')
        return { outcome: 'found', arrived: false, rootRef: notification.rootRef };
      return find(tracker, notification);
    },
  };
}

async function create(
  tracker: Tracker,
  notification: FollowUpNotification,
  context: MessageContext,
): Promise<SendOutcome> {
  const created = await tracker.create(ticketOf(notification, context));
  return created.ok ? sent(created.value) : created.outcome;
}

/** The update first: it can be done twice, and a comment cannot. */
async function update(
  tracker: Tracker,
  notification: FollowUpNotification,
  target: Target,
  context: MessageContext,
): Promise<SendOutcome> {
  const { delivery, display, followUp, rootRef } = notification;
  const updated = await tracker.update(rootRef, ticketOf(notification, context));
  if (!updated.ok) return updated.outcome;
  if (updated.value === null) return create(tracker, notification, context);
  // What the ticket itself has brought about is no news on it.
  if (delivery.change?.actor !== target) {
    const words = turnWords(followUp, delivery.change, display);
    const commented = await tracker.comment(rootRef, words, delivery.deliveryId);
    if (!commented.ok) return commented.outcome;
  }
  return sent(updated.value);
}

/**
 * A ticket does not say which turn made it; the first one did, and later ones are comments on it. Where the tracker will
 * not tell, a ticket too many is better than none.
 */
async function find(
  tracker: Tracker,
  { delivery, followUp, rootRef: known }: FollowUpNotification,
): Promise<Found | Retry> {
  let rootRef = known;
  if (known === '') {
    const ticket = await tracker.find(followUp.followUpId);
    if (isForNow(ticket)) return ticket.outcome;
    rootRef = (ticket.ok && ticket.value?.ref) || '';
    const isFirstTurn = delivery.reason === 'follow_up_opened';
    if (rootRef === '' || isFirstTurn) return { outcome: 'found', arrived: rootRef !== '', rootRef };
  }
  const comment = await tracker.hasComment(rootRef, delivery.deliveryId);
  if (isForNow(comment)) return comment.outcome;
  return { outcome: 'found', arrived: comment.ok && comment.value, rootRef };
}

function isForNow(tried: Tried<unknown>): tried is { ok: false; outcome: Retry } {
  return !tried.ok && tried.outcome.outcome === 'retry';
}

function sent({ ref, url }: TicketPlace): SendOutcome {
  return { outcome: 'sent', messageRef: ref, link: { url, title: ref } };
}

function ticketOf({ followUp, display }: FollowUpNotification, { owners }: MessageContext): Ticket {
  const owner = owners.find(({ id }) => id === followUp.owner)?.name ?? followUp.owner;
  const { found } = followUp;
  const facts: [string, string][] = [
    ['Metric', `${display.title}, ${formatSliceWords(followUp.slice)}`],
    [
      'Found',
      found === undefined
        ? ''
        : `${formatValue(found.actual, display)} where ${formatValue(found.expected, display)} was expected`,
    ],
    ['Cases', (found?.samples ?? []).join(', ')],
    ['State', STATE_WORDS[followUp.state]],
    ['Owner', owner],
    ['Priority', followUp.priority],
    ['Due', formatInstant(followUp.dueAt, display.timezone)],
    ['Action', followUp.work.action],
    ['Note', followUp.note],
    ['Follow-up', followUp.followUpId],
  ];
  return {
    followUpId: followUp.followUpId,
    title: followUp.title,
    facts: facts.filter(([, text]) => text !== ''),
    status: STATUS[followUp.state],
  };
}
