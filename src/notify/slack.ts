import type { Target } from '../model/alert.js';
import type { DeliverySubject } from '../model/delivery.js';
import type { AlertView, MessageContext } from './alert-words.js';
import type { Notification, Notifier, RefreshedAlert, SendOutcome } from './contract.js';
import { type Answer, ask, type NotDone, type WebClient } from './slack-api.js';
import type { SlackMessage } from './slack-blocks.js';
import { NO_CHARTS, type SlackChartImages } from './slack-chart-image.js';
import type { DigestImages } from './slack-digest-image.js';
import { findDelivery } from './slack-find.js';
import { slackChange, slackMessage } from './slack-message.js';
import { formatRef, type MessageRef, nameOf, parseRef, ROOT_GONE } from './slack-ref.js';
import { type Shown, type SlackRoots, shownBy, shownText } from './slack-roots.js';
import { metadataOf } from './slack-search.js';

export interface SlackNotifierParts {
  api: WebClient;
  context: MessageContext;
  roots: SlackRoots;
  /** Charts that are ready to be shown; none unless told. */
  charts?: SlackChartImages;
  /** Pictures of digests; none unless told. */
  digestImage?: DigestImages;
}

/** The notifier for Slack, which can also bring a message up to date that nobody asked to be told of. */
export interface SlackNotifier extends Notifier {
  /** Edits the root message if it shows less than there is to see, and says nothing in its thread. */
  refresh(
    view: AlertView,
    subject: DeliverySubject,
    rootRef: string,
  ): Promise<'current' | 'edited' | 'root_gone' | NotDone>;
}

/**
 * Tells people on Slack: targets are `slack:#channel`, and `slack:` with the id of a channel or a person.
 *
 * An alert, and a follow-up, has one root message in a channel. A later delivery edits it, so that it always shows
 * the current state, and says in its thread what has changed; an escalation is shown in the channel as well. The
 * reference of every delivery is the root's, `channelId:ts`, so that any of them leads the next one to the root.
 */
export function slackNotifier({
  api,
  context,
  roots,
  charts = NO_CHARTS,
  digestImage = async () => null,
}: SlackNotifierParts): SlackNotifier {
  const imageFor = (notification: Notification | RefreshedAlert) =>
    notification.kind === 'alert' ? charts.imageOf(notification.alert) : null;
  /** Only alerts' messages are edited without a word, so that only they have to say what they show. */
  const shown = (notification: Notification | RefreshedAlert): Shown | null =>
    notification.kind === 'alert' ? shownBy(notification, imageFor(notification)) : null;
  const mark = (notification: Notification | RefreshedAlert, deliveryId: string) => {
    const shows = shown(notification);
    const { subject } = notification.delivery;
    return metadataOf({ ...subject, deliveryId, shows: shows === null ? '' : shownText(shows) });
  };
  const remember = (ref: string, deliveryId: string, notification: Notification | RefreshedAlert): void => {
    const shows = shown(notification);
    if (shows !== null) roots.known(ref, deliveryId, shows);
  };

  /**
   * Makes the call with the chart, and without it when Slack does not take the message so: a picture that was
   * deleted, or is not ready after all, must not cost the words.
   */
  async function withChart<Value>(
    notification: Notification | RefreshedAlert,
    call: (message: SlackMessage) => Promise<Value>,
  ): Promise<Answer<Value>> {
    const image = notification.kind === 'digest' ? await digestImage(notification) : imageFor(notification);
    const answer = await ask(() => call(slackMessage(notification, context, image)));
    const refused = !answer.ok && answer.outcome.reason === 'invalid_blocks';
    if (!refused || image === null) return answer;
    if (notification.kind === 'alert') charts.forget(notification.alert);
    return ask(() => call(slackMessage(notification, context, null)));
  }

  async function postRoot(target: Target, notification: Notification): Promise<SendOutcome> {
    const { deliveryId } = notification.delivery;
    const posted = await withChart(notification, (message) =>
      api.chat.postMessage({
        channel: nameOf(target),
        ...message,
        metadata: mark(notification, deliveryId),
        ...PLAIN,
      }),
    );
    if (!posted.ok) return posted.outcome;
    const ref = formatRef(posted.value);
    remember(ref, deliveryId, notification);
    return { outcome: 'sent', messageRef: ref };
  }

  /** The root's mark goes along when it is known; otherwise Slack keeps the one that is there. */
  async function edit(
    root: MessageRef,
    notification: Notification | RefreshedAlert,
  ): Promise<Answer<unknown>> {
    const ref = formatRef(root);
    const deliveryId = roots.get(ref)?.deliveryId || undefined;
    const edited = await withChart(notification, (message) =>
      api.chat.update({
        ...root,
        ...message,
        ...(deliveryId === undefined ? {} : { metadata: mark(notification, deliveryId) }),
      }),
    );
    if (edited.ok && deliveryId !== undefined) remember(ref, deliveryId, notification);
    return edited;
  }

  /** Edits first: an edit can be done twice, so a retry after the reply was cut off does no harm. */
  async function editAndReply(
    root: MessageRef,
    notification: Notification,
  ): Promise<SendOutcome | 'root_gone'> {
    const edited = await edit(root, notification);
    if (!edited.ok && ROOT_GONE.has(edited.outcome.reason)) return 'root_gone';
    if (!edited.ok && !NOT_EDITABLE.has(edited.outcome.reason)) return edited.outcome;
    const change = slackChange(notification, context);
    if (change === null) return { outcome: 'sent', messageRef: formatRef(root) };
    const { deliveryId, subject, reason } = notification.delivery;
    const replied = await ask(() =>
      api.chat.postMessage({
        channel: root.channel,
        thread_ts: root.ts,
        ...change,
        metadata: metadataOf({ ...subject, deliveryId, shows: '' }),
        ...PLAIN,
        reply_broadcast: reason === 'escalated',
      }),
    );
    if (!replied.ok) return ROOT_GONE.has(replied.outcome.reason) ? 'root_gone' : replied.outcome;
    return { outcome: 'sent', messageRef: formatRef(root) };
  }

  return {
    scheme: 'slack',
    async send(target, notification) {
      const root = parseRef(notification.rootRef);
      const outcome = root === null ? 'root_gone' : await editAndReply(root, notification);
      return outcome === 'root_gone' ? postRoot(target, notification) : outcome;
    },
    find: (target, notification) => findDelivery(api, target, notification),
    async refresh(view, subject, rootRef) {
      const { alert } = view;
      const root = parseRef(rootRef);
      if (root === null) return 'root_gone';
      const known = await roots.read(rootRef, root, alert, charts);
      const reason = known?.shows.reason ?? 'first_notification';
      const deliveryId = known?.deliveryId ?? '';
      const delivery = { deliveryId, subject, reason, createdAt: alert.openedAt ?? alert.startedAt };
      const notification = { ...view, kind: 'alert', delivery, rootRef } as const;
      const shows = shownBy(notification, imageFor(notification));
      if (known !== null && shownText(known.shows) === shownText(shows)) return 'current';
      const edited = await edit(root, notification);
      if (!edited.ok && edited.outcome.outcome === 'retry') return edited.outcome;
      // One that will not let itself be edited is not tried again until there is more to show.
      if (!edited.ok || known === null) roots.known(rootRef, deliveryId, shows);
      if (edited.ok) return 'edited';
      return ROOT_GONE.has(edited.outcome.reason) ? 'root_gone' : edited.outcome;
    },
  };
}

/** The workspace forbids the edit; the thread can still tell. */
const NOT_EDITABLE: ReadonlySet<string> = new Set(['edit_window_closed', 'cant_update_message']);

/** Links are said in words; a preview of each would bury them. */
const PLAIN = { unfurl_links: false, unfurl_media: false } as const;
