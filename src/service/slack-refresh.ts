import { subjectOf } from '../alerts/deliveries.js';
import { alertView, ownView } from '../messages/alert-view.js';
import type { Alert } from '../model/alert.js';
import { HOUR, type Instant, SECOND } from '../model/clock.js';
import type { SlackNotifier } from '../notify/slack.js';
import type { SlackCharts } from '../notify/slack-charts.js';
import type { Redress } from '../redress.js';

/** An alert that is over for longer is shown as it was when it ended. */
const SHOWN_AFTER = 6 * HOUR;
/** A channel that fails is left alone for at least so long. */
const REST = 30 * SECOND;
/** Edits of one channel's messages in one round; Slack takes about one a second. */
const EDITS_PER_ROUND = 4;

/**
 * Keeps alerts' messages current between the deliveries: new values, a follow-up's state, a chart that has been
 * drawn. An edit that is lost is made in the next round, so that nothing of this has to be written down.
 */
export class SlackRefresh {
  readonly #notifier: SlackNotifier;
  readonly #charts: SlackCharts | null;
  /** Channels that asked to be left alone, and until when. */
  readonly #resting = new Map<string, Instant>();

  constructor(notifier: SlackNotifier, charts: SlackCharts | null) {
    this.#notifier = notifier;
    this.#charts = charts;
  }

  /**
   * Edits what shows less than is known. Never throws for what Slack answers. Decisions go on meanwhile, so that
   * everything is asked of `known` in the moment in which it is shown; when nothing is known any more, the round is over.
   */
  async round(known: () => Shown | null, now: Instant): Promise<void> {
    const edits = new Map<string, number>();
    const shown: Alert[] = [];
    for (const { alertId, subject, target } of messagesIn(known(), now)) {
      const redress = known();
      if (redress === null) return;
      const { alerts } = redress;
      const alert = alerts.alert(alertId);
      const rootRef = alerts.rootRef(subject, target);
      // A delivery that waits will edit its message itself.
      if (alert === undefined || rootRef === '' || alerts.isToldOf(subject, target)) continue;
      shown.push(alert);
      const channel = rootRef.split(':', 1)[0] ?? '';
      const used = edits.get(channel) ?? 0;
      if (used >= EDITS_PER_ROUND || (this.#resting.get(channel) ?? 0) > now) continue;
      const message = messagesOf(alert, redress).find((it) => it.subject.id === subject.id);
      if (message === undefined) continue;
      const outcome = await this.#notifier.refresh(message.view(), message.subject, rootRef);
      if (outcome !== 'current') edits.set(channel, used + 1);
      if (typeof outcome !== 'string' && outcome.outcome === 'retry')
        this.#resting.set(channel, now + Math.max(outcome.retryAfter ?? 0, REST));
    }
    this.#charts?.drawNext(shown);
  }
}

type Shown = Pick<Redress, 'alerts' | 'followUps' | 'configuration'>;

/** Where in Slack alerts are shown that are not long over. */
function* messagesIn(redress: Shown | null, now: Instant) {
  if (redress === null) return;
  for (const alert of redress.alerts.alerts()) {
    if (!isShown(alert, now)) continue;
    for (const { subject } of messagesOf(alert, redress))
      for (const target of alert.escalation.told)
        if (target.startsWith('slack:')) yield { alertId: alert.alertId, subject, target };
  }
}

/**
 * The messages that an alert is shown in: its own, which it may have from before it came into a group, and its
 * group's, where it is the one that speaks for it.
 */
function messagesOf(alert: Alert, redress: Shown) {
  const { alertId, version } = alert;
  const own = {
    subject: { kind: 'alert', id: alertId, version } as const,
    view: () => ownView(alert, redress),
  };
  if (redress.alerts.speakerOf(alertId) !== alert) return [own];
  const shown = { subject: subjectOf(alert), view: () => alertView(alert, redress) };
  return shown.subject.id === alertId ? [shown] : [own, shown];
}

function isShown({ state, resolvedAt }: Alert, now: Instant): boolean {
  return state !== 'pending' && (resolvedAt === null || now - resolvedAt < SHOWN_AFTER);
}
