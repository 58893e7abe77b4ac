import { assemble } from '../app.js';
import type { Configuration } from '../config/configuration.js';
import type { JudgedPoint, ReportFault } from '../detection/judging.js';
import { bucketEnd, bucketStart } from '../metrics/buckets.js';
import type { Instant } from '../model/clock.js';
import { RedressError } from '../model/errors.js';
import type { Router } from '../notify/index.js';
import type { Redress } from '../redress.js';
import { CheckpointTable } from '../store/checkpoint-table.js';
import { EventLog } from '../store/event-log.js';
import type { Store } from '../store/store.js';
import type { PipelineParts } from './pipeline.js';

export interface ReplayOptions {
  /** The first bucket; the store's first event by default. */
  from?: Instant;
  /** Where the simulated clock stops; when the last event's buckets have closed by default. */
  to?: Instant;
  router: Router;
  /** Throws away what a live service has judged and decided; without it, such a store is refused. */
  replace?: boolean;
  reportFault: ReportFault;
  onMoment?: (moment: Instant, judged: readonly JudgedPoint[]) => void | Promise<void>;
  /** Told of the parts before the clock starts: simulated people come in here. */
  onReady?: (redress: Redress) => void;
  /** Called whenever messages may have been sent: simulated people plan what they do about them. */
  afterDelivery?: PipelineParts['afterDelivery'];
}

const HISTORY = 'history';

/**
 * Runs the pipeline over stored events on the simulated clock. What an earlier replay judged and decided is
 * thrown away first, so that the outcome depends on the events and the configuration alone.
 *
 * Throws `conflict` for a store whose history was lived through, `not_found` for one without events.
 */
export async function replay(
  configuration: Configuration,
  store: Store,
  options: ReplayOptions,
): Promise<Redress> {
  const events = new EventLog(store);
  await events.settleMovedEvents(0);
  const spans = await events.span();
  if (spans.length === 0)
    throw new RedressError('not_found', 'there are no events to replay: load some with redress ingest');
  const from = options.from ?? Math.min(...spans.map((span) => span.first));
  const last = Math.max(...spans.map((span) => span.last));
  const to = options.to ?? closingOf(configuration, last);
  if (from >= to)
    throw new RedressError('usage', 'the replay begins at or after its end: check --from and --to');

  await forgetHistory(store, options.replace ?? false);
  const redress = await assemble(configuration, store, {
    router: options.router,
    // All that there is has been stored before: at any moment, everything up to it is there. What comes after the last
    // event's bucket is not known, though, and no zero, however long another metric's bucket is.
    completeUntil: (now, metric) =>
      options.to === undefined ? Math.min(now, closingOf({ metrics: [metric] }, last)) : now,
    beginning: from,
    reportFault: options.reportFault,
    write: 'later',
    ...(options.onMoment === undefined ? {} : { onMoment: options.onMoment }),
    ...(options.afterDelivery === undefined ? {} : { afterDelivery: options.afterDelivery }),
  });
  options.onReady?.(redress);
  await redress.pipeline.advance(to);
  await redress.saveJudges();
  return redress;
}

/** When the last of the metrics' buckets that hold the instant has closed. */
export function closingOf({ metrics }: Pick<Configuration, 'metrics'>, last: Instant): Instant {
  return Math.max(
    ...metrics.map((metric) => bucketEnd(bucketStart(last, metric), metric) + metric.allowedLateness),
  );
}

/** True when the store's history is that of a live service. */
export async function isLive(store: Store): Promise<boolean> {
  return (await new CheckpointTable(store).read()).get(HISTORY) === 'live';
}

async function forgetHistory(store: Store, replace: boolean): Promise<void> {
  if (!replace && (await isLive(store)))
    throw new RedressError(
      'conflict',
      'this store holds the alerts of a live service: replay into another one, or give --replace to throw them away',
    );
  for (const table of ['verdicts', 'judge_states', 'journal']) await store.execute(`forget_${table}`);
  await new CheckpointTable(store).write(new Map([[HISTORY, 'replay']]));
}

/** Marks the store's history as lived through, so that no replay throws it away by mistake. */
export async function markLive(store: Store): Promise<void> {
  await new CheckpointTable(store).write(new Map([[HISTORY, 'live']]));
}
