import { Kafka, logLevel, type Producer } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Broker, brokerRequirements, startBroker } from '../../scripts/kafka-broker.js';
import { DAY, HOUR, MINUTE } from '../../src/model/clock.js';
import { configurationFolder, RunningCommand } from '../cli/process.js';
import { at, configuration } from '../flow/timeline.js';
import { SlackStandIn } from '../slack/stand-in.js';
import { LiveService } from './live-service.js';

const requirements = brokerRequirements();
const wanted = process.env.REDRESS_REQUIRE_KAFKA === '1';
if (requirements !== 'ready' && !wanted)
  process.stderr.write(
    `\nLEFT OUT: the live service on a real Kafka (${requirements}): it wants Java 11 or later\n\n`,
  );

const TOPIC = 'marketplace.events';
const POLL = { timeout: 90_000, interval: 100 };
/** Events may come for ten minutes after an hour (config/metrics.yaml); an event past that closes it. */
const CLOSED_AFTER = 11 * MINUTE;

describe.skipIf(requirements !== 'ready' && !wanted)(`the live service on Kafka (${requirements})`, () => {
  let broker: Broker;
  let kafka: Kafka;
  let producer: Producer;
  let slack: SlackStandIn;
  let service: RunningCommand | null = null;
  let clickhouse = '';
  const { config } = configurationFolder({
    'escalation.yaml': 'policies:\n  - id: standard\n    steps:\n      - tell: ["slack:#disputes"]\n',
  });

  beforeAll(async () => {
    // Only where the tests must run is this reached without what they need.
    expect(requirements).toBe('ready');
    broker = await startBroker();
    kafka = new Kafka({ clientId: 'test', brokers: [broker.address], logLevel: logLevel.NOTHING });
    producer = kafka.producer();
    await producer.connect();
    slack = await SlackStandIn.start();
    slack.addChannel({ id: 'C0DISPUTES', name: 'disputes' });
  }, 180_000);

  afterAll(async () => {
    service?.child.kill('SIGKILL');
    await service?.finished;
    await producer?.disconnect();
    await slack?.stop();
    await broker?.stop();
  });

  async function start(): Promise<void> {
    service = new RunningCommand(['start', '--json', '--config', config], {
      env: {
        KAFKA_BROKERS: broker.address,
        SLACK_BOT_TOKEN: slack.token,
        SLACK_SIGNING_SECRET: slack.signingSecret,
        SLACK_API_URL: slack.apiUrl,
      },
    });
    clickhouse = (JSON.parse(await service.said('clickhouse')) as { clickhouse: string }).clickhouse;
  }

  /** As nothing can be caught or tidied up. */
  async function kill(): Promise<void> {
    service?.child.kill('SIGKILL');
    await service?.finished;
  }

  /** One row of numbers and words by SQL, past the service. */
  async function ask(select: string): Promise<unknown[]> {
    const query = encodeURIComponent(`SELECT ${select} FORMAT JSONCompactEachRow`);
    const settings = 'database=redress&output_format_json_quote_64bit_integers=0';
    const answer = await fetch(`${clickhouse}/?${settings}&query=${query}`);
    return JSON.parse(await answer.text()) as unknown[];
  }

  /** A day of 600 orders an hour and one dispute in ten, and at its end an hour with twice the disputes. */
  function history(end: number): string[] {
    const values: string[] = [];
    for (let hour = end - 24 * HOUR; hour < end; hour += HOUR) {
      const disputes = hour === end - HOUR ? 120 : 60;
      for (let index = 0; index < 600 + disputes; index++)
        values.push(
          JSON.stringify({
            event_id: String(values.length),
            type: index < 600 ? 'order.delivered' : 'dispute.opened',
            occurred_at: hour + (index % 60) * MINUTE,
            text: 'It never came. '.repeat(100),
          }),
        );
    }
    return values;
  }

  async function publish(values: readonly string[], topic = TOPIC): Promise<void> {
    for (let from = 0; from < values.length; from += 2_000)
      await producer.send({
        topic,
        messages: values.slice(from, from + 2_000).map((value) => ({ value })),
      });
  }

  it('loses nothing and doubles nothing when it is killed while it reads and while it tells', async () => {
    // The last hour whose events can no longer come, whatever minute of the hour this runs in.
    const end = Math.floor((Date.now() - CLOSED_AFTER) / HOUR) * HOUR;
    const values = history(end);
    const sum = (values.length * (values.length - 1)) / 2;
    await publish(values);
    // Sent again, as senders do that were not sure; and something that is no event.
    await publish([...values.slice(0, 1_000), '{"event_id":']);

    await start();
    await expect.poll(() => ask('count() FROM events_log'), POLL).not.toEqual([0]);
    await kill();
    slack.failNext('chat.postMessage', { kind: 'silence' });

    await start();
    await expect.poll(() => ask('count() FROM rejected_events'), POLL).toEqual([1]);
    await expect
      .poll(() => ask('count(), uniqExact(event_id), sum(toUInt64(event_id)) FROM events'), POLL)
      .toEqual([values.length, values.length, sum]);
    await publish([
      JSON.stringify({ event_id: '0', type: 'order.delivered', occurred_at: end + CLOSED_AFTER }),
    ]);
    // The message is in the channel, and Slack's answer has not come.
    await expect.poll(() => slack.channel('disputes').messages.length, POLL).toBeGreaterThan(0);
    await kill();

    await start();
    await expect
      .poll(() => ask("countIf(state = 'sent'), countIf(state = 'pending') FROM deliveries"), POLL)
      .toEqual([1, 0]);
    const roots = slack.channel('disputes').messages.filter((message) => message.thread_ts === undefined);
    expect(roots).toHaveLength(1);
    expect(await ask('count(), any(state), any(metric) FROM alerts')).toEqual([1, 'firing', 'dispute_rate']);
    // What waits is sent at once, maybe before the event that has moved is settled.
    await expect
      .poll(() => ask('count(), uniqExact(event_id), sum(toUInt64(event_id)) FROM events'), POLL)
      .toEqual([values.length, values.length, sum]);
    expect(await ask("sum(denominator), sum(numerator) FROM points WHERE metric = 'dispute_rate'")).toEqual([
      24 * 600 - 1,
      25 * 60,
    ]);
  }, 300_000);

  it('makes every point, alert and message once when the one that decides has no partition', async () => {
    const topic = 'a-partition-for-four';
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
    const group = async () => {
      const { groups } = await admin.describeGroups([topic]);
      return groups.map(({ state, members }) => [state, members.length]);
    };
    const reading = { groupId: topic, topics: [topic], from: 'earliest', sessionTimeout: 6_000 } as const;
    const live = await LiveService.start({
      kafka: { brokers: [broker.address], tls: null, sasl: null, ...reading },
      // The clock jumps here, and a look between the jump and what comes then would take the source for idle.
      ingest: { ...configuration().service.ingest, idleAfter: DAY },
    });
    try {
      await Promise.all([1, 2, 3].map(() => live.beside()));
      const taken = async (address: string) => {
        const text = await (await fetch(`${address}/metrics`)).text();
        return Number(/^redress_events_accepted_total{source="kafka"} (\d+)$/m.exec(text)?.[1] ?? 0);
      };
      // Kafka gives the partition to one of the four; the one that decides leaves and comes back until it has none.
      for (let tries = 1; ; tries += 1) {
        await expect.poll(group, POLL).toEqual([['Stable', 4]]);
        await publish([live.traffic(at('00:00', -2), at('01:00', -2), 1, 0)], topic);
        await expect.poll(() => live.count('events'), POLL).toBe(tries);
        if ((await taken(live.address)) === 0) break;
        await live.end();
        await live.begin();
      }
      live.clock.advanceTo(at('11:12'));
      const usual = live.traffic(at('00:00', -1), at('10:00'), 300, 30);
      const unusual = live.traffic(at('10:00'), at('11:00'), 300, 60);
      const closing = live.traffic(at('11:11'), at('12:11'), 1, 0);
      await publish([usual, unusual, closing].join('\n').split('\n'), topic);
      // It looks while the others still read, as it does every five seconds.
      await expect
        .poll(async () => {
          await live.tick();
          return live.roots().length;
        }, POLL)
        .toBe(1);
      await live.tick();
      const made = `SELECT sum(denominator) AS orders, sum(numerator) AS disputes, count() AS points
        FROM points_log WHERE bucket_start >= fromUnixTimestamp64Milli({from:Int64})`;
      for await (const rows of live.store.rows(made, { from: at('00:00', -1) }))
        expect(rows).toEqual([{ orders: 35 * 300, disputes: 34 * 30 + 60, points: 35 }]);
      expect([await taken(live.address), await live.count('alerts')]).toEqual([0, 1]);
    } finally {
      await live.close();
      await admin.disconnect();
    }
  }, 180_000);
});
