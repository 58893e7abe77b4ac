import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Instant } from '../model/clock.js';

/** A chart that somebody may look at without being asked who they are, for as long as the address holds. */
export interface ChartAddress {
  alertId: string;
  /** The alert's version that is drawn; another version has another address, so that no cache shows the old one. */
  version: number;
  expires: Instant;
}

/**
 * The address of a chart below where the service can be reached. It is signed with a key that is derived from
 * Slack's signing secret, so that only addresses that were written into a message are answered.
 */
export function chartAddress(publicUrl: string, secret: string, chart: ChartAddress): string {
  const url = new URL(`${publicUrl.replace(/\/$/, '')}/charts/${encodeURIComponent(chart.alertId)}`);
  url.searchParams.set('version', String(chart.version));
  url.searchParams.set('expires', String(chart.expires));
  url.searchParams.set('signature', signatureOf(secret, chart));
  return url.href;
}

/** True for an address that one of the secrets has signed and that still holds. */
export function isChartAddress(
  secrets: readonly string[],
  chart: ChartAddress,
  signature: string,
  now: Instant,
): boolean {
  if (chart.expires < now) return false;
  const theirs = Buffer.from(signature);
  return secrets
    .filter((secret) => secret !== '')
    .some((secret) => {
      const ours = Buffer.from(signatureOf(secret, chart));
      return ours.length === theirs.length && timingSafeEqual(ours, theirs);
    });
}

function signatureOf(secret: string, { alertId, version, expires }: ChartAddress): string {
  const key = createHmac('sha256', secret).update('redress charts').digest();
  return createHmac('sha256', key).update(`${version}:${expires}:${alertId}`).digest('hex');
}
