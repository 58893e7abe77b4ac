import { readFile } from 'node:fs/promises';
import kafkajs, { Kafka, type logCreator, logLevel, type SASLOptions } from 'kafkajs';
import type { Logger } from 'pino';
import { SECOND } from '../model/clock.js';
import { messageOf, RedressError } from '../model/errors.js';
import { UNPACKERS } from './kafka-codecs.js';

export type { Admin, Consumer, EachBatchPayload } from 'kafkajs';

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

/** A client for the brokers; nothing is connected yet. Throws `config_invalid` for a PEM file that is not there. */
export async function createKafka(connection: KafkaConnection, logger: Logger): Promise<Kafka> {
  registerCodecs();
  const { brokers, tls = null, sasl = null } = connection;
  return new Kafka({
    clientId: 'redress',
    brokers: [...brokers],
    connectionTimeout: 3 * SECOND,
    retry: { initialRetryTime: 200, retries: 4, maxRetryTime: 5 * SECOND },
    logCreator: logTo(logger),
    ...(tls === null ? {} : { ssl: await readPems(tls) }),
    ...(sasl === null ? {} : { sasl: sasl as SASLOptions }),
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

async function readPems(tls: { ca?: string; cert?: string; key?: string }) {
  const read = async (path: string): Promise<string> => {
    try {
      return await readFile(path, 'utf8');
    } catch (cause) {
      throw new RedressError('config_invalid', `kafka.tls: cannot read ${path}: ${messageOf(cause)}`, {
        cause,
      });
    }
  };
  return {
    ...(tls.ca === undefined ? {} : { ca: [await read(tls.ca)] }),
    ...(tls.cert === undefined ? {} : { cert: await read(tls.cert) }),
    ...(tls.key === undefined ? {} : { key: await read(tls.key) }),
  };
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
