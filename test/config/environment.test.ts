import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatProblem } from '../../src/config/problems.js';
import { SECOND } from '../../src/model/clock.js';
import { configuration, folder, load, problems, write } from './folder.js';

describe('the environment', () => {
  it('has the last word on addresses and the only word on secrets', async () => {
    await write(
      'redress.yaml',
      'clickhouse: { url: "http://file:8123", username: reader }\nhttp: { host: 0.0.0.0 }',
    );
    const { service } = await configuration({
      CLICKHOUSE_URL: 'https://writer:p%40ss@server:8443',
      KAFKA_BROKERS: 'one:9092, two:9092',
      SLACK_BOT_TOKEN: 'xoxb-1-2',
      SLACK_SIGNING_SECRET: 'signed',
      REDRESS_TOKENS: 'ingest:aaaaaaaa,operate:bbbbbbbb',
    });
    expect(service.clickhouse).toMatchObject({
      url: 'https://server:8443/',
      username: 'writer',
      password: 'p@ss',
    });
    expect(service.kafka).toEqual({
      brokers: ['one:9092', 'two:9092'],
      groupId: 'redress',
      topics: ['marketplace.events'],
      from: 'earliest',
      sessionTimeout: 15 * SECOND,
      tls: null,
      sasl: null,
    });
    expect(service.slack).toEqual({
      token: 'xoxb-1-2',
      signingSecrets: ['signed'],
      appToken: '',
      mayAct: ['anyone'],
      charts: 'upload',
      apiUrl: 'https://slack.com/api/',
    });
    expect(service.http.tokens).toEqual([
      { role: 'ingest', token: 'aaaaaaaa' },
      { role: 'operate', token: 'bbbbbbbb' },
    ]);
  });

  it('logs in to Kafka with a name and a password that stand in no file', async () => {
    await write(
      'redress.yaml',
      'kafka: { brokers: ["b:1"], sasl: scram-sha-512, tls: { ca: ca.pem }, from: 2026-05-01T00:00:00Z, session_timeout: 30s }',
    );
    const { service } = await configuration({ KAFKA_USERNAME: 'redress', KAFKA_PASSWORD: 'secret' });
    expect(service.kafka).toMatchObject({
      from: Date.UTC(2026, 4, 1),
      sessionTimeout: 30 * SECOND,
      tls: { ca: 'ca.pem' },
      sasl: { mechanism: 'scram-sha-512', username: 'redress', password: 'secret' },
    });
    await write(
      'redress.yaml',
      'kafka: { sasl: plain, tls: { cert: c.pem }, from: yesterday, session_timeout: 1s }',
    );
    expect((await problems()).map((problem) => problem.split('  ')[1])).toEqual([
      'kafka.sasl: a login wants KAFKA_USERNAME and KAFKA_PASSWORD to be set',
      'kafka.tls: cert and key belong together: one of them is missing',
      "kafka.from: must be 'earliest', 'latest' or a date and time with offset",
      'kafka.session_timeout: must be from 6s to 5m',
    ]);
  });

  it('is checked like a file, and its secrets are not repeated', async () => {
    const found = await problems({
      CLICKHOUSE_URL: 'server:8443',
      KAFKA_BROKERS: 'one',
      SLACK_BOT_TOKEN: 'hunter2',
      REDRESS_TOKENS: 'read:hunter2hunter2,admin:hunter2',
    });
    expect(found).toEqual([
      'environment  CLICKHOUSE_URL: must be an http or https address',
      'environment  KAFKA_BROKERS: must be host:port, separated by commas',
      'environment  REDRESS_TOKENS: entry 2 must be role:token with role ingest, read or operate and at least 8 characters of token',
      "environment  SLACK_BOT_TOKEN: must be a bot's token, which begins with xoxb-",
    ]);
  });

  it('without a Slack token sends what was meant for Slack to the console, once, and says so', async () => {
    await write('escalation.yaml', 'policies: [{ id: loud, steps: [{ tell: [console, "slack:#alerts"] }] }]');
    const loaded = await load();
    expect(loaded.ok && loaded.configuration.policies[0]?.steps).toEqual([
      { delay: 0, targets: ['console'] },
    ]);
    expect(loaded.warnings.map(formatProblem)).toEqual([
      `${join(folder, 'escalation.yaml')}:1:50  policies.loud.steps[0].tell[1]: SLACK_BOT_TOKEN is not set, so this goes to the console`,
    ]);

    const { policies } = await configuration({ SLACK_BOT_TOKEN: 'xoxb-1-2', SLACK_SIGNING_SECRET: 'signed' });
    expect(policies[0]?.steps[0]?.targets).toEqual(['console', 'slack:#alerts']);
  });

  it('names two signing secrets while one takes the place of the other', async () => {
    const env = { SLACK_BOT_TOKEN: 'xoxb-1-2', SLACK_APP_TOKEN: 'xapp-3' };
    const { service } = await configuration({ ...env, SLACK_SIGNING_SECRET: 'new, old' });
    expect(service.slack).toMatchObject({ signingSecrets: ['new', 'old'], appToken: 'xapp-3' });
    expect((await configuration(env)).service.slack?.signingSecrets).toEqual([]);
  });

  it('may hold the address of a webhook', async () => {
    await write('redress.yaml', 'webhooks: { on-call: { env: HOOK } }');
    expect((await configuration({ HOOK: 'https://hook.example.org/x' })).service.webhooks).toEqual({
      'on-call': 'https://hook.example.org/x',
    });
  });
});
