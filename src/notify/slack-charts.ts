import type { Alert } from '../model/alert.js';
import { type Clock, HOUR, type Instant, MINUTE, SECOND } from '../model/clock.js';
import { messageOf } from '../model/errors.js';
import { ask, type WebClient } from './slack-api.js';
import type { ChartImage, SlackChartImages } from './slack-chart-image.js';

export interface SlackChartsParts {
  /** The picture of an alert as it is now, PNG; null where there is nothing to draw. */
  draw(alert: Alert): Promise<Buffer | null>;
  /** Brings the picture to where Slack can show it; answers what a message shows it by. */
  publish(alert: Alert, picture: Buffer): Promise<ChartImage>;
  /** Takes away what no message shows any more. */
  discard(key: string): Promise<void>;
  /** What a message shows by the key that it was published under. */
  imageOf(key: string, alert: Alert): ChartImage | null;
  clock: Clock;
  report(alertId: string, reason: string): void;
}

/** A chart that there is, and what it shows. */
interface Drawn {
  image: ChartImage;
  lastBucket: Instant;
  resolved: boolean;
  at: Instant;
}

/** An open alert's chart is drawn anew as its points come, but not more often. */
const AGAIN_AFTER = HOUR;
const AFTER_FAILURE = 10 * MINUTE;

/**
 * The alerts' charts: drawn one at a time behind everything else, so that a message never waits for one and never
 * fails by one. What was drawn is only remembered; after a restart the messages say which chart they show.
 */
export class SlackCharts implements SlackChartImages {
  readonly #parts: SlackChartsParts;
  readonly #drawn = new Map<string, Drawn>();
  readonly #failedAt = new Map<string, Instant>();
  /** Keys of charts that others have replaced, oldest first. */
  readonly #outdated: string[] = [];
  #running: Promise<void> | null = null;

  constructor(parts: SlackChartsParts) {
    this.#parts = parts;
  }

  imageOf({ alertId }: Alert): ChartImage | null {
    return this.#drawn.get(alertId)?.image ?? null;
  }

  forget({ alertId }: Alert): void {
    this.#drawn.delete(alertId);
    this.#failedAt.set(alertId, this.#parts.clock.now());
  }

  adopt(alert: Alert, key: string): void {
    const image = this.#parts.imageOf(key, alert);
    if (image === null || this.#drawn.has(alert.alertId)) return;
    const { last, resolvedAt } = alert;
    const at = this.#parts.clock.now();
    this.#drawn.set(alert.alertId, {
      image,
      lastBucket: last.bucketStart,
      resolved: resolvedAt !== null,
      at,
    });
  }

  /** Begins with one of the alerts whose chart is missing or says too little; returns at once. */
  drawNext(alerts: Iterable<Alert>): void {
    if (this.#running !== null) return;
    const now = this.#parts.clock.now();
    for (const alert of alerts) {
      if (!this.#isWanted(alert, now)) continue;
      this.#running = this.#make(alert).finally(() => {
        this.#running = null;
      });
      return;
    }
  }

  /** Resolves when nothing is being drawn. */
  async settled(): Promise<void> {
    await this.#running;
  }

  #isWanted({ alertId, kind, last, resolvedAt }: Alert, now: Instant): boolean {
    if (kind !== 'metric' || now - (this.#failedAt.get(alertId) ?? Number.NEGATIVE_INFINITY) < AFTER_FAILURE)
      return false;
    const drawn = this.#drawn.get(alertId);
    if (drawn === undefined || (resolvedAt !== null && !drawn.resolved)) return true;
    return resolvedAt === null && last.bucketStart > drawn.lastBucket && now - drawn.at >= AGAIN_AFTER;
  }

  async #make(alert: Alert): Promise<void> {
    const { draw, publish, discard, clock, report } = this.#parts;
    const { alertId, last, resolvedAt } = alert;
    try {
      const picture = await draw(alert);
      if (picture === null) {
        this.#failedAt.set(alertId, clock.now());
        return;
      }
      const image = await publish(alert, picture);
      const before = this.#drawn.get(alertId);
      const resolved = resolvedAt !== null;
      this.#drawn.set(alertId, { image, lastBucket: last.bucketStart, resolved, at: clock.now() });
      // The messages show the old one until their next edit; Slack keeps what it has loaded for longer than that.
      if (before !== undefined) this.#outdated.push(before.image.key);
      while (this.#outdated.length > KEPT_OUTDATED) await discard(this.#outdated.shift() ?? '');
    } catch (error) {
      this.#failedAt.set(alertId, clock.now());
      report(alertId, messageOf(error));
    }
  }
}

/** Charts that were replaced are kept until every message has been edited for long. */
const KEPT_OUTDATED = 20;

/** How often, and how far apart, Slack is asked whether a file can be shown yet. */
const LOOKS = 8;
const BETWEEN_LOOKS = SECOND;

function uploadedImage(key: string): ChartImage | null {
  return /^F[A-Z0-9]{8,}$/.test(key)
    ? { key, block: { type: 'image', slack_file: { id: key }, alt_text: 'Chart' } }
    : null;
}

/** Makes a picture a file of Slack's and waits until messages can show it. Throws where that does not come about. */
export async function uploadPicture(
  api: WebClient,
  pause: (ms: number) => Promise<void>,
  title: string,
  picture: Buffer,
): Promise<ChartImage> {
  const uploaded = await ask(() => api.filesUploadV2({ file: picture, filename: 'chart.png', title }));
  if (!uploaded.ok) throw new Error(uploaded.outcome.reason);
  const id = uploaded.value.files?.[0]?.files?.[0]?.id;
  const image = id === undefined ? null : uploadedImage(id);
  if (id === undefined || image === null) throw new Error('Slack named no file');
  for (let look = 0; look < LOOKS; look++) {
    const info = await ask(() => api.files.info({ file: id }));
    // Until Slack has looked through the file it has no type, and a message that shows it is refused.
    if (info.ok && info.value.file?.mimetype) return image;
    await pause(BETWEEN_LOOKS);
  }
  throw new Error('the file is not ready');
}

/** Publishes charts as files of Slack's own, so that nothing of ours has to be reachable from outside. */
export function uploadedCharts(
  api: WebClient,
  pause: (ms: number) => Promise<void>,
): Pick<SlackChartsParts, 'publish' | 'discard' | 'imageOf'> {
  const imageOf = uploadedImage;
  return {
    imageOf,
    publish: ({ alertId }, picture) => uploadPicture(api, pause, `Chart of ${alertId}`, picture),
    async discard(key) {
      await ask(() => api.files.delete({ file: key }));
    },
  };
}

/** Shows charts by addresses at which the service draws them; Slack has to reach it. `addressOf` gives a signed one. */
export function linkedCharts(
  addressOf: (alertId: string, version: number) => string,
): Pick<SlackChartsParts, 'publish' | 'discard' | 'imageOf'> {
  const imageOf = (key: string, { alertId }: Alert): ChartImage | null => {
    const version = /^v(\d+)$/.exec(key)?.[1];
    if (version === undefined) return null;
    const image_url = addressOf(alertId, Number(version));
    // Slack refuses a longer one, and a cut one would be no address.
    return image_url.length > 3_000 ? null : { key, block: { type: 'image', image_url, alt_text: 'Chart' } };
  };
  return {
    imageOf,
    async publish(alert) {
      const image = imageOf(`v${alert.version}`, alert);
      if (image === null) throw new Error('the address is too long');
      return image;
    },
    discard: async () => undefined,
  };
}
