import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND } from '../model/clock.js';
import { messageOf } from '../model/errors.js';
import type { DigestNotification } from './contract.js';
import type { ChartImage } from './slack-chart-image.js';

/** The picture of a digest, ready to be shown; null where there is nothing to draw, or it could not be had in time. */
export type DigestImages = (notification: DigestNotification) => Promise<ChartImage | null>;

/** A week's digest is a message without its picture rather than one that keeps others waiting, ms. */
const PATIENCE = 5 * SECOND;
/** More digests than this are not on their way at once. */
const MOST_REMEMBERED = 50;
const SCALE = 2;

/** What digests' pictures are made with; `draw` makes a PNG of an SVG, at a scale. */
interface DigestImageParts {
  draw(svg: string, scale: number): Promise<Buffer>;
  upload(title: string, picture: Buffer): Promise<ChartImage>;
  report(digestId: string, reason: string): void;
}

/** Each digest is drawn and uploaded once, whatever channels it goes to and however often it is tried. */
export function digestImages({ draw, upload, report }: DigestImageParts): DigestImages {
  const known = new Map<string, Promise<ChartImage | null>>();
  const make = async ({ delivery, digest, ...context }: DigestNotification): Promise<ChartImage | null> => {
    try {
      const { digestChart } = await import('./digest-chart.js');
      const svg = digestChart(digest, context);
      return svg === null ? null : await upload('The week in one picture', await draw(svg, SCALE));
    } catch (error) {
      report(delivery.subject.id, messageOf(error));
      return null;
    }
  };
  return async (notification) => {
    const { id } = notification.delivery.subject;
    const image = known.get(id) ?? make(notification);
    known.set(id, image);
    if (known.size > MOST_REMEMBERED) known.delete(known.keys().next().value ?? '');
    const enough = new AbortController();
    const late = sleep(PATIENCE, null, { signal: enough.signal }).catch(() => null);
    const ready = await Promise.race([image, late]);
    enough.abort();
    return ready;
  };
}
