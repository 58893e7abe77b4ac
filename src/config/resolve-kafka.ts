import type { KafkaSettings } from './configuration.js';
import type { EnvironmentSettings } from './environment.js';
import type { ServiceInput } from './schema-service.js';

/** The `kafka` section with the environment's brokers and login; null when no brokers are named. */
export function resolveKafka(
  input: ServiceInput['kafka'],
  settings: EnvironmentSettings,
): KafkaSettings | null {
  const brokers = settings.kafkaBrokers ?? input.brokers ?? [];
  if (brokers.length === 0) return null;
  return {
    brokers,
    groupId: input.group_id,
    topics: input.topics,
    from: input.from,
    sessionTimeout: input.session_timeout,
    tls: resolveTls(input.tls),
    sasl:
      input.sasl === undefined
        ? null
        : { mechanism: input.sasl, username: settings.kafkaUsername, password: settings.kafkaPassword },
  };
}

function resolveTls(input: ServiceInput['kafka']['tls']): KafkaSettings['tls'] {
  if (typeof input === 'boolean') return input ? {} : null;
  const { ca, cert, key } = input;
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}
