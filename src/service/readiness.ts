import type { ReadinessCheck } from '../http/ports.js';
import type { KafkaSource } from '../ingest/kafka-source.js';
import type { Store } from '../store/store.js';

/** What a service needs to be of use. */
export interface ReadinessParts {
  store: Pick<Store, 'ping'>;
  /** Whether it knows what is decided; null for a service that decides nothing. */
  decides: boolean | null;
  /** Null where nothing is read from Kafka. */
  kafka: Pick<KafkaSource, 'state' | 'failure'> | null;
}

/** What is ready and what is not, each with its reason. */
export async function readiness({ store, decides, kafka }: ReadinessParts): Promise<ReadinessCheck[]> {
  const checks = [check('store', await store.ping(), 'ClickHouse does not answer')];
  if (decides !== null)
    checks.push(check('decisions', decides, 'the state is being read again from the store'));
  if (kafka !== null)
    checks.push(check('kafka', kafka.state() === 'reading', kafka.failure() || kafka.state()));
  return checks;
}

function check(name: string, ok: boolean, reason: string): ReadinessCheck {
  return { name, ok, reason: ok ? '' : reason };
}
