import type { Alert } from '../model/alert.js';
import type { Image } from './slack-blocks.js';

/** A chart that a message can show, and the word that tells it from another of the same alert. */
export interface ChartImage {
  key: string;
  block: Image;
}

/** The charts that are ready. Nobody waits for one: a message shows what there is, and is edited when there is more. */
export interface SlackChartImages {
  imageOf(alert: Alert): ChartImage | null;
  /** Slack does not show it: it is not offered again. */
  forget(alert: Alert): void;
  /** Takes up the chart that a message shows already, which an earlier run has drawn. */
  adopt(alert: Alert, key: string): void;
}

/** For those who show no charts. */
export const NO_CHARTS: SlackChartImages = {
  imageOf: () => null,
  forget: () => undefined,
  adopt: () => undefined,
};
