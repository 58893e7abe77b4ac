import type { Logger } from 'pino';
import { messageOf, RedressError } from '../model/errors.js';
import { createKafka } from './kafka-client.js';

export interface KafkaMessage {
  /** Messages of one key stay in order. */
  key: string;
  value: string;
}

export interface KafkaProducer {
  /** Resolves when every replica in sync has the messages. Throws `broker_unavailable`. */
  send(messages: readonly KafkaMessage[]): Promise<void>;
  close(): Promise<void>;
}

/** Connects to brokers without encryption or login, to write to one topic. Throws `broker_unavailable`. */
export async function openProducer(
  brokers: readonly string[],
  topic: string,
  logger: Logger,
): Promise<KafkaProducer> {
  const kafka = await createKafka({ brokers }, logger);
  // What arrives twice counts once, by its event_id; the broker need not see to that as well.
  const producer = kafka.producer();
  const orSay = async (work: Promise<unknown>): Promise<void> => {
    try {
      await work;
    } catch (cause) {
      const message = `Kafka at ${brokers.join(', ')}: ${messageOf(cause)}`;
      throw new RedressError('broker_unavailable', message, { cause, retryable: true });
    }
  };
  await orSay(producer.connect());
  return {
    send: (messages) => orSay(producer.send({ topic, acks: -1, messages: [...messages] })),
    close: () => producer.disconnect(),
  };
}
