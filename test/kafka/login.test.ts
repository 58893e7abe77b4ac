import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Broker, brokerRequirements, startBroker } from '../../scripts/kafka-broker.js';
import { type KafkaSettings, KafkaSource } from '../../src/ingest/kafka-source.js';
import { wallClock } from '../../src/model/clock.js';
import { MemorySink } from '../ingest/memory-sink.js';
import { freePort } from '../support/free-port.js';

const requirements = brokerRequirements();
const wanted = process.env.REDRESS_REQUIRE_KAFKA === '1';
if (requirements !== 'ready' && !wanted)
  process.stderr.write(`\nLEFT OUT: logging in to a real Kafka (${requirements}): it wants Java\n\n`);

const TOPIC = 'secured';
const MODULES = 'org.apache.kafka.common.security';

describe.skipIf(requirements !== 'ready' && !wanted)('a broker behind TLS and a login', () => {
  const folder = mkdtempSync(join(tmpdir(), 'redress-login-'));
  const ca = join(folder, 'ca.pem');
  let broker: Broker;
  let address: string;

  beforeAll(async () => {
    expect(requirements).toBe('ready');
    const keystore = join(folder, 'broker.p12');
    // Java brings the tool that makes certificates; nothing else has to be there.
    const keytool = (...args: string[]) =>
      execFileSync(
        'keytool',
        [...args, '-alias', 'broker', '-keystore', keystore, '-storepass', 'changeit'],
        {
          stdio: ['ignore', 'pipe', 'ignore'],
        },
      );
    keytool('-genkeypair', '-keyalg', 'RSA', '-dname', 'CN=broker', '-ext', 'san=ip:127.0.0.1');
    writeFileSync(ca, keytool('-exportcert', '-rfc'));
    const port = await freePort();
    address = `127.0.0.1:${port}`;
    const listener = 'listener.name.secured';
    broker = await startBroker({
      secured: {
        port,
        properties: [
          `${listener}.ssl.keystore.type=PKCS12`,
          `${listener}.ssl.keystore.location=${keystore}`,
          `${listener}.ssl.keystore.password=changeit`,
          `${listener}.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512`,
          `${listener}.plain.sasl.jaas.config=${MODULES}.plain.PlainLoginModule required user_redress="secret";`,
          `${listener}.scram-sha-256.sasl.jaas.config=${MODULES}.scram.ScramLoginModule required;`,
          `${listener}.scram-sha-512.sasl.jaas.config=${MODULES}.scram.ScramLoginModule required;`,
        ],
        format: ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
          '--add-scram',
          `${mechanism}=[name=redress,password=secret]`,
        ]),
      },
    });
    const kafka = new Kafka({ brokers: [broker.address], logLevel: logLevel.NOTHING });
    const producer = kafka.producer();
    await producer.connect();
    const value = JSON.stringify({ event_id: 'e1', type: 'order.placed', occurred_at: Date.now() });
    await producer.send({ topic: TOPIC, messages: [{ value }] });
    await producer.disconnect();
  }, 180_000);

  afterAll(async () => {
    await broker?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const reader = (sink: MemorySink, more: Partial<KafkaSettings>): KafkaSource =>
    new KafkaSource(
      { sink, clock: wallClock, logger: pino({ level: 'silent' }), limits: { maxEventBytes: 10_000 } },
      { brokers: [address], groupId: `reader-${Math.random()}`, topics: [TOPIC], ...more },
    );

  it.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)('is read with %s', async (mechanism) => {
    const sink = new MemorySink();
    const source = reader(sink, {
      tls: { ca },
      sasl: { mechanism, username: 'redress', password: 'secret' },
    });
    await source.start();
    await expect.poll(() => [...sink.events.keys()], { timeout: 20_000 }).toEqual(['e1']);
    await source.stop();
  });

  it('is not read with a wrong password or by who does not know its certificate, and says why', async () => {
    const sasl = { mechanism: 'plain', username: 'redress', password: 'guessed' } as const;
    const stranger = reader(new MemorySink(), { tls: { ca }, sasl });
    const started = stranger.start();
    await expect.poll(() => stranger.failure(), { timeout: 20_000 }).toMatch(/authentication failed/i);
    await stranger.stop();
    await started;

    const distrustful = reader(new MemorySink(), { tls: {}, sasl: { ...sasl, password: 'secret' } });
    const opening = distrustful.start();
    await expect.poll(() => distrustful.failure(), { timeout: 20_000 }).toMatch(/certificate/i);
    await distrustful.stop();
    await opening;
  }, 60_000);

  it('names the file that is not there, and does not wait for it', async () => {
    const source = reader(new MemorySink(), { tls: { ca: join(folder, 'absent.pem') } });
    await expect(source.start()).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(/absent\.pem/),
    });
  });
});
