import type { Configuration } from '../config/configuration.js';
import type { Annotation } from '../model/annotation.js';
import type { Instant } from '../model/clock.js';
import type { EventLog } from '../store/event-log.js';

/**
 * The public holidays of the years that there are events of, and of the next one, once each: for dashboards and people
 * who write SQL. Judging asks for those of any year by itself.
 *
 * @param now when there are no events yet; without it there are no years either.
 */
export async function holidaysAround(
  { holidaysOf }: Pick<Configuration, 'holidaysOf'>,
  events: Pick<EventLog, 'extent'>,
  now: Instant | undefined,
): Promise<Annotation[]> {
  if (holidaysOf === undefined) return [];
  const extent = await events.extent();
  const moments = [
    ...(extent === null ? [] : [extent.first, extent.last]),
    ...(now === undefined ? [] : [now]),
  ];
  if (moments.length === 0) return [];
  const found = new Map<string, Annotation>();
  const last = new Date(Math.max(...moments)).getUTCFullYear() + 1;
  for (let year = new Date(Math.min(...moments)).getUTCFullYear(); year <= last; year++)
    for (const holiday of holidaysOf(year)) found.set(holiday.annotationId, holiday);
  return [...found.values()];
}
