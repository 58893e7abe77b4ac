import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigResourceTypes, Kafka, logLevel } from 'kafkajs';
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
const LISTENER = 'listener.name.secured';
const IDENTITY = ['-keyalg', 'RSA', '-dname', 'CN=broker', '-ext', 'san=ip:127.0.0.1'];

/** Java brings the tool that makes certificates; nothing else has to be there. */
function keytool(keystore: string, ...args: string[]): Buffer {
  const where = ['-alias', 'broker', '-keystore', keystore, '-storepass', 'changeit'];
  return execFileSync('keytool', [...args, ...where], { stdio: ['ignore', 'pipe', 'ignore'] });
}

describe.skipIf(requirements !== 'ready' && !wanted)('a broker behind TLS and a login', () => {
  const folder = mkdtempSync(join(tmpdir(), 'redress-login-'));
  const ca = join(folder, 'ca.pem');
  let broker: Broker;
  let address: string;

  beforeAll(async () => {
    expect(requirements).toBe('ready');
    const keystore = join(folder, 'broker.p12');
    keytool(keystore, '-genkeypair', ...IDENTITY);
    writeFileSync(ca, keytool(keystore, '-exportcert', '-rfc'));
    const port = await freePort();
    address = `127.0.0.1:${port}`;
    broker = await startBroker({
      secured: {
        port,
        properties: [
          `${LISTENER}.ssl.keystore.type=PKCS12`,
          `${LISTENER}.ssl.keystore.location=${keystore}`,
          `${LISTENER}.ssl.keystore.password=changeit`,
          `${LISTENER}.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512`,
          `${LISTENER}.plain.sasl.jaas.config=${MODULES}.plain.PlainLoginModule required user_redress="secret";`,
          `${LISTENER}.scram-sha-256.sasl.jaas.config=${MODULES}.scram.ScramLoginModule required;`,
          `${LISTENER}.scram-sha-512.sasl.jaas.config=${MODULES}.scram.ScramLoginModule required;`,
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

  const SASL = { mechanism: 'plain', username: 'redress', password: 'secret' } as const;
  /** Why a reader does not come in. */
  async function refusal(more: Partial<KafkaSettings>): Promise<string> {
    const source = reader(new MemorySink(), more);
    const opening = source.start();
    await expect.poll(() => source.failure(), { timeout: 20_000 }).not.toBe('');
    expect(source.state()).toBe('connecting');
    const failure = source.failure();
    await source.stop();
    await opening;
    return failure;
  }

  it.each([
    [
      'the password',
      () => ({ tls: { ca }, sasl: { ...SASL, password: 'guessed' } }),
      /^kafka\.sasl: .*KAFKA_PASSWORD/,
    ],
    [
      'the password of SCRAM',
      () => ({ tls: { ca }, sasl: { ...SASL, mechanism: 'scram-sha-512' as const, password: 'guessed' } }),
      /^kafka\.sasl: .*KAFKA_PASSWORD/,
    ],
    ['the authority', () => ({ tls: {}, sasl: SASL }), /^kafka\.tls\.ca: .*not signed/],
    [
      'the name of the host',
      () => ({ tls: { ca }, sasl: SASL, brokers: [address.replace('127.0.0.1', 'localhost')] }),
      /^kafka\.brokers: .*another name/,
    ],
    ['TLS that is not set', () => ({ sasl: SASL }), /^kafka\.tls, kafka\.sasl: /],
    ['a login that is not set', () => ({ tls: { ca } }), /^kafka\.tls, kafka\.sasl: /],
    ['TLS where there is none', () => ({ tls: { ca }, brokers: [broker.address] }), /^kafka\.tls: /],
    ['a login where there is none', () => ({ sasl: SASL, brokers: [broker.address] }), /^kafka\.sasl: /],
    [
      'a host that does not exist',
      () => ({ brokers: ['nowhere.invalid:9092'] }),
      /^kafka\.brokers: there is no such host/,
    ],
  ])(
    'names the setting that is wrong: %s',
    async (_, settings, expected) => {
      expect(await refusal(settings())).toMatch(expected);
    },
    60_000,
  );

  it('names what is out of date, and comes in once it is not', async () => {
    const old = join(folder, 'old.p12');
    keytool(old, '-genkeypair', ...IDENTITY, '-startdate', '-10d', '-validity', '1');
    const oldCa = join(folder, 'old.pem');
    writeFileSync(oldCa, keytool(old, '-exportcert', '-rfc'));
    const admin = new Kafka({ brokers: [broker.address], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const show = (keystore: string) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: ConfigResourceTypes.BROKER,
            name: '1',
            configEntries: [
              { name: `${LISTENER}.ssl.keystore.type`, value: 'PKCS12' },
              { name: `${LISTENER}.ssl.keystore.location`, value: keystore },
              { name: `${LISTENER}.ssl.keystore.password`, value: 'changeit' },
            ],
          },
        ],
      });
    await show(old);
    expect(await refusal({ tls: { ca: oldCa }, sasl: SASL })).toMatch(/^kafka\.tls: .*out of date/);
    const sink = new MemorySink();
    const patient = reader(sink, { tls: { ca }, sasl: SASL });
    const opening = patient.start();
    await expect.poll(() => patient.failure(), { timeout: 20_000 }).toMatch(/^kafka\.tls/);
    await show(join(folder, 'broker.p12'));
    await opening;
    await expect.poll(() => [...sink.events.keys()], { timeout: 20_000 }).toEqual(['e1']);
    expect([patient.state(), patient.failure()]).toEqual(['reading', '']);
    await patient.stop();
    await admin.disconnect();
  }, 90_000);

  it.each([
    ['absent.pem', null],
    ['no-certificate.pem', 'nonsense'],
  ])('names the file that cannot be used, and does not wait for it: %s', async (name, content) => {
    const path = join(folder, name);
    if (content !== null) writeFileSync(path, content);
    await expect(reader(new MemorySink(), { tls: { ca: path } }).start()).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining(`kafka.tls.ca: cannot use ${path}`),
    });
  });
});
