import type { Alert } from '../model/alert.js';
import type { DeliveryReason } from '../model/delivery.js';
import type { AlertNotification, RefreshedAlert } from './contract.js';
import { ask, type WebClient } from './slack-api.js';
import type { ChartImage, SlackChartImages } from './slack-chart-image.js';
import type { MessageRef } from './slack-ref.js';
import { markOf } from './slack-search.js';

/** A root message that is known. */
export interface Root {
  /** The delivery that brought it, which stays its mark. */
  deliveryId: string;
  shows: Shown;
}

/** What an alert's message shows. */
export interface Shown {
  /** The alert's, or of a group all its alerts' together: it grows with each change of any of them. */
  alertVersion: number;
  followUpVersion: number;
  /** The chart's key, empty for none. */
  chart: string;
  /** Why it was last sent, which an edit without a word leaves as it is. */
  reason: DeliveryReason;
}

export function shownBy(
  { alert, group, followUp, delivery, partOf }: AlertNotification | RefreshedAlert,
  image: ChartImage | null,
): Shown {
  return {
    // What goes on elsewhere is not brought up to date here.
    alertVersion:
      partOf !== undefined
        ? 0
        : (group?.members.reduce((sum, { version }) => sum + version, 0) ?? alert.version),
    followUpVersion: followUp?.version ?? 0,
    chart: image?.key ?? '',
    reason: delivery.reason,
  };
}

/** What is shown, as a word for the message's metadata: two messages that show the same have the same. */
export function shownText({ alertVersion, followUpVersion, chart, reason }: Shown): string {
  return [alertVersion, followUpVersion, chart, reason].join('/');
}

function parseShown(text: string): Shown | null {
  const [, alert, followUp, chart, reason] = /^(\d+)\/(\d+)\/(\w*)\/(\w+)$/.exec(text) ?? [];
  if (alert === undefined || followUp === undefined || chart === undefined || reason === undefined)
    return null;
  return {
    alertVersion: Number(alert),
    followUpVersion: Number(followUp),
    chart,
    reason: reason as DeliveryReason,
  };
}

/**
 * What the root messages show, so that they are edited only when there is something new. It is only a memory: after
 * a restart a message itself is asked, which keeps it among its metadata.
 */
export class SlackRoots {
  readonly #api: WebClient;
  readonly #roots = new Map<string, Root>();

  constructor(api: WebClient) {
    this.#api = api;
  }

  get(ref: string): Root | undefined {
    return this.#roots.get(ref);
  }

  known(ref: string, deliveryId: string, shows: Shown): void {
    this.#roots.set(ref, { deliveryId, shows });
  }

  /** The root of an alert, from the message itself when it is not known; null when Slack does not tell. */
  async read(
    ref: string,
    { channel, ts }: MessageRef,
    alert: Alert,
    charts: SlackChartImages,
  ): Promise<Root | null> {
    const known = this.#roots.get(ref);
    if (known !== undefined) return known;
    const answer = await ask(() =>
      this.#api.conversations.history({
        ...{ channel, oldest: ts, latest: ts, inclusive: true, limit: 1 },
        include_all_metadata: true,
      }),
    );
    const [message] = answer.ok ? (answer.value.messages ?? []) : [];
    const mark = message?.ts === ts ? markOf(message) : null;
    const shows = mark === null ? null : parseShown(mark.shows);
    if (mark === null || shows === null) return null;
    if (shows.chart !== '') charts.adopt(alert, shows.chart);
    this.known(ref, mark.deliveryId, shows);
    return { deliveryId: mark.deliveryId, shows };
  }
}
