import { messageOf, RedressError } from '../model/errors.js';
import type { KafkaConnection } from './kafka-client.js';

/**
 * Which setting to look at, by what the brokers, Kafka's library or TLS call the failure. What is not here passes by itself, or
 * its own words say enough.
 */
const SETTINGS: readonly {
  setting: string;
  hint: string;
  codes: readonly string[];
  /** With which connections it can be the reason. */
  when?(connection: KafkaConnection): boolean;
}[] = [
  {
    setting: 'kafka.sasl',
    hint: 'the brokers refuse KAFKA_USERNAME with KAFKA_PASSWORD',
    codes: ['SASL_AUTHENTICATION_FAILED', 'KafkaJSSASLAuthenticationError'],
  },
  {
    setting: 'kafka.sasl',
    hint: 'the brokers do not log anybody in that way',
    codes: ['UNSUPPORTED_SASL_MECHANISM', 'ILLEGAL_SASL_STATE'],
  },
  {
    setting: 'kafka.tls.ca',
    hint: "the brokers' certificate is not signed by an authority that is trusted here",
    codes: [
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_GET_ISSUER_CERT',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'CERT_SIGNATURE_FAILURE',
    ],
  },
  {
    setting: 'kafka.brokers',
    hint: "the brokers' certificate is for another name",
    codes: ['ERR_TLS_CERT_ALTNAME_INVALID'],
  },
  {
    setting: 'kafka.tls',
    hint: "the brokers' certificate is out of date",
    codes: ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'],
  },
  {
    setting: 'kafka.tls',
    hint: 'the brokers do not speak TLS at this port',
    codes: ['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG'],
  },
  {
    setting: 'kafka.tls.cert',
    hint: "the brokers want a client's certificate that they trust",
    codes: [
      'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
      'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
      'ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN',
      'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
    ],
  },
  {
    setting: 'kafka.brokers',
    hint: 'there is no such host',
    codes: ['ENOTFOUND', 'EAI_AGAIN'],
  },
  {
    setting: 'kafka.group_id',
    hint: 'the brokers do not let KAFKA_USERNAME read as this group',
    codes: ['GROUP_AUTHORIZATION_FAILED', 'INVALID_GROUP_ID'],
  },
  {
    setting: 'kafka.topics',
    hint: 'the brokers do not let KAFKA_USERNAME read them',
    codes: ['TOPIC_AUTHORIZATION_FAILED', 'INVALID_TOPIC_EXCEPTION'],
  },
  {
    setting: 'kafka.tls',
    hint: 'the brokers break off; perhaps they do not speak TLS at this port',
    codes: ['ECONNRESET'],
    when: ({ tls }) => tls != null,
  },
  {
    setting: 'kafka.tls, kafka.sasl',
    hint: 'the brokers break off; perhaps they want TLS, or a login',
    codes: ['KafkaJSConnectionClosedError', 'ECONNRESET'],
    when: ({ tls, sasl }) => tls == null || sasl == null,
  },
];

/** Why the brokers cannot be joined: `broker_unavailable`, with the setting that is at fault where one is. */
export function kafkaFault(cause: unknown, connection: KafkaConnection): RedressError {
  if (cause instanceof RedressError) return cause;
  const names = namesOf(cause);
  const found = SETTINGS.find(
    ({ codes, when }) => codes.some((code) => names.includes(code)) && (when?.(connection) ?? true),
  );
  const where = `Kafka at ${connection.brokers.join(', ')}: ${messageOf(cause).trim()}`;
  const message = found === undefined ? where : `${found.setting}: ${found.hint} (${where})`;
  return new RedressError('broker_unavailable', message, { cause, retryable: true });
}

/** Everything that a failure and its causes are called. */
function namesOf(error: unknown): unknown[] {
  if (typeof error !== 'object' || error === null) return [];
  const { name, type, code, cause } = error as {
    name?: unknown;
    type?: unknown;
    code?: unknown;
    cause?: unknown;
  };
  return [name, type, code, ...namesOf(cause)];
}
