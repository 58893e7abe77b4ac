import type { Alert } from '../model/alert.js';
import { DAY, HOUR } from '../model/clock.js';
import { webAddress } from './wording.js';

/** The dashboard of one series among those that `redress dashboards` writes. */
const METRIC = '/d/redress-metric';
/** What is shown before an alert began, to see it against the usual, and after it ended. */
const BEFORE = 2 * DAY;
const AFTER = 6 * HOUR;

/**
 * The dashboards' address with the alert's series picked and its time in view, in the way of Grafana's addresses.
 * A bare host is Grafana's own; an address with a path is taken as a dashboard. Null when there is no address, and for
 * trouble with the data, which no series shows.
 */
export function dashboardAddress(
  { kind, metric, slice, startedAt, resolvedAt }: Alert,
  dashboardsUrl: string,
): string | null {
  const address = webAddress(dashboardsUrl);
  if (address === null || kind !== 'metric') return null;
  const url = new URL(address);
  if (url.pathname === '/') url.pathname = METRIC;
  url.searchParams.set('var-metric', metric);
  url.searchParams.set('var-slice', slice);
  url.searchParams.set('from', String(startedAt - BEFORE));
  // An open alert goes on, so that its dashboard does too.
  url.searchParams.set('to', resolvedAt === null ? 'now' : String(resolvedAt + AFTER));
  return url.href;
}
