import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { SecureContextOptions } from 'node:tls';
import kafkajs, { Kafka, type logCreator, logLevel, type SASLOptions } from 'kafkajs';
import type { Logger } from 'pino';
import { SECOND } from '../model/clock.js';
import { messageOf, RedressError } from '../model/errors.js';
import { UNPACKERS } from './kafka-codecs.js';

export type { Admin, Consumer, EachBatchPayload, Kafka } from 'kafkajs';

export interface KafkaConnection {
  brokers: readonly string[];
  /** PEM files by their paths; null for plain connections. */
  tls?: { ca?: string; cert?: string; key?: string } | null;
  sasl?: {
    mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    username: string;
    password: string;
  } | null;
}

/** A client for the brokers; nothing is connected yet. Throws `config_invalid` for a PEM file that is none or not there. */
export async function createKafka(
  connection: KafkaConnection,
  logger: Logger,
  requestTimeout = 30 * SECOND,
): Promise<Kafka> {
  registerCodecs();
  const { brokers, tls = null, sasl = null } = connection;
  return new Kafka({
    clientId: 'redress',
    brokers: [...brokers],
    connectionTimeout: 3 * SECOND,
    requestTimeout,
    retry: { initialRetryTime: 200, retries: 4, maxRetryTime: 5 * SECOND },
    logCreator: logTo(logger),
    ...(tls === null ? {} : { ssl: await readPems(tls) }),
    // A copy, because kafkajs keeps what it logs in with inside it.
    ...(sasl === null ? {} : { sasl: { ...sasl } as SASLOptions }),
  });
}

/** What is taken was packed by a producer, and nothing is produced here, so there is no way back. */
function registerCodecs(): void {
  // A CommonJS module, of which Node finds these only by its default export.
  const { CompressionCodecs, CompressionTypes } = kafkajs;
  for (const [name, unpack] of Object.entries(UNPACKERS))
    CompressionCodecs[CompressionTypes[name as keyof typeof UNPACKERS]] = () => ({
      async decompress(packed: Buffer): Promise<Buffer> {
        const plain = unpack(packed);
        return Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength);
      },
      async compress(): Promise<Buffer> {
        throw new Error('nothing is packed here');
      },
    });
}

async function readPems(tls: NonNullable<KafkaConnection['tls']>): Promise<SecureContextOptions> {
  const pems: SecureContextOptions = {};
  for (const setting of ['ca', 'cert', 'key'] as const) {
    const path = tls[setting];
    if (path !== undefined) pems[setting] = await readPem(path, setting);
  }
  return pems;
}

async function readPem(path: string, setting: 'ca' | 'cert' | 'key'): Promise<string> {
  try {
    const pem = await readFile(path, 'utf8');
    // What is no PEM file TLS passes over, and then trusts nobody.
    if (setting === 'key') createPrivateKey(pem);
    else new X509Certificate(pem);
    return pem;
  } catch (cause) {
    throw new RedressError(
      'config_invalid',
      `kafka.tls.${setting}: cannot use ${path}: ${messageOf(cause)}`,
      { cause },
    );
  }
}

function logTo(logger: Logger): logCreator {
  const log = logger.child({ library: 'kafkajs' });
  return () =>
    ({ level, log: { message, timestamp: _, logger: __, ...details } }) => {
      if (level === logLevel.ERROR) log.error(details, message);
      else if (level === logLevel.WARN) log.warn(details, message);
      else log.debug(details, message);
    };
}
