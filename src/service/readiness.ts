import type { ReadinessCheck } from '../http/ports.js';
import type { KafkaSource } from '../ingest/kafka-source.js';
import { type Instant, MINUTE } from '../model/clock.js';
import type { ErrorCode } from '../model/errors.js';
import type { Store } from '../store/store.js';

/** How the looks for work have gone. */
export interface LookRecord {
  /** When one last ended well; the start of the service before the first has. */
  wentWellAt: Instant;
  /** What the last that has ended failed for; empty when it did not. Anybody may read it, so it is no message. */
  failure: ErrorCode | '';
}

/** They come every few seconds. One may take long, when much is to be caught up with, but not so long, ms. */
const LONGEST_LOOK = 5 * MINUTE;

/** What a service needs to be of use. */
export interface ReadinessParts {
  store: Pick<Store, 'ping'>;
  /** Whether it knows what is decided, and how its looks for work go; null for a service that decides nothing. */
  deciding: { isReady: boolean; looks: LookRecord } | null;
  /** Null where nothing is read from Kafka. */
  kafka: Pick<KafkaSource, 'state' | 'failure'> | null;
}

/** What is ready and what is not, each with its reason. */
export async function readiness(
  { store, deciding, kafka }: ReadinessParts,
  now: Instant,
): Promise<ReadinessCheck[]> {
  const checks = [check('store', await store.ping(), 'ClickHouse does not answer')];
  if (deciding !== null) {
    checks.push(check('decisions', deciding.isReady, 'the state is being read again from the store'));
    checks.push(scheduler(deciding.looks, now));
  }
  if (kafka !== null)
    checks.push(check('kafka', kafka.state() === 'reading', kafka.failure() || kafka.state()));
  return checks;
}

function scheduler({ wentWellAt, failure }: LookRecord, now: Instant): ReadinessCheck {
  const why = failure === '' ? '' : `: ${failure}`;
  const reason = `no look for work has gone well since ${new Date(wentWellAt).toISOString()}${why}`;
  return check('scheduler', failure === '' && now - wentWellAt <= LONGEST_LOOK, reason);
}

function check(name: string, ok: boolean, reason: string): ReadinessCheck {
  return { name, ok, reason: ok ? '' : reason };
}
