import type { ServiceSettings } from './configuration.js';
import { ENVIRONMENT, type Problem } from './problems.js';
import { isHttpUrl } from './schema-service.js';

/** Environment variables by name; the empty string counts as not set. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says: every secret, and the addresses that differ from one deployment to the next. */
export interface EnvironmentSettings {
  clickhouseUrl: string | null;
  clickhouseUser: string | null;
  clickhousePassword: string;
  kafkaBrokers: readonly string[] | null;
  kafkaUsername: string;
  kafkaPassword: string;
  slackBotToken: string;
  slackSigningSecrets: readonly string[];
  slackAppToken: string;
  slackApiUrl: string;
  webhookSecret: string;
  hashKey: string;
  tokens: ServiceSettings['http']['tokens'];
}

/** Reads the variables. No message repeats a value, because most of them are secrets. */
export function readEnvironment(env: Environment): { settings: EnvironmentSettings; problems: Problem[] } {
  const problems: Problem[] = [];
  const report = (path: string, message: string): void => {
    problems.push({ file: ENVIRONMENT, line: 0, column: 0, path, message });
  };
  const url = (name: string): string => {
    const value = env[name] ?? '';
    if (value !== '' && !isHttpUrl(value)) report(name, 'must be an http or https address');
    return value;
  };

  const clickhouse = splitCredentials(url('CLICKHOUSE_URL'));
  const tokens: { role: 'ingest' | 'read' | 'operate'; token: string }[] = [];
  for (const [index, entry] of splitList(env.REDRESS_TOKENS).entries()) {
    const match = /^(ingest|read|operate):(\S{8,})$/.exec(entry);
    if (match === null) {
      const form = 'must be role:token with role ingest, read or operate and at least 8 characters of token';
      report('REDRESS_TOKENS', `entry ${index + 1} ${form}`);
    } else tokens.push({ role: match[1] as 'ingest' | 'read' | 'operate', token: match[2] as string });
  }
  const brokers = splitList(env.KAFKA_BROKERS);
  if (brokers.some((broker) => !isBroker(broker))) {
    report('KAFKA_BROKERS', 'must be host:port, separated by commas');
  }
  const slackBotToken = env.SLACK_BOT_TOKEN ?? '';
  if (slackBotToken !== '' && !slackBotToken.startsWith('xox')) {
    report('SLACK_BOT_TOKEN', "must be a bot's token, which begins with xoxb-");
  }
  const slackAppToken = env.SLACK_APP_TOKEN ?? '';
  if (slackAppToken !== '' && !slackAppToken.startsWith('xapp-')) {
    report('SLACK_APP_TOKEN', "must be an app's own token, which begins with xapp-");
  }
  return {
    settings: {
      clickhouseUrl: clickhouse.url,
      clickhouseUser: env.CLICKHOUSE_USER || clickhouse.username,
      clickhousePassword: env.CLICKHOUSE_PASSWORD || clickhouse.password,
      kafkaBrokers: brokers.length === 0 ? null : brokers,
      kafkaUsername: env.KAFKA_USERNAME ?? '',
      kafkaPassword: env.KAFKA_PASSWORD ?? '',
      slackBotToken,
      slackAppToken,
      slackSigningSecrets: splitList(env.SLACK_SIGNING_SECRET),
      slackApiUrl: url('SLACK_API_URL') || 'https://slack.com/api/',
      webhookSecret: env.REDRESS_WEBHOOK_SECRET ?? '',
      hashKey: env.REDRESS_HASH_KEY ?? '',
      tokens,
    },
    problems,
  };
}

/** True for `host:port`. */
export function isBroker(text: string): boolean {
  return /^[^\s:/@]+:\d{1,5}$/.test(text);
}

/** Takes user and password out of an address, so that the address can be logged. */
function splitCredentials(text: string): { url: string | null; username: string | null; password: string } {
  if (!isHttpUrl(text)) return { url: null, username: null, password: '' };
  const url = new URL(text);
  const username = url.username === '' ? null : decode(url.username);
  const password = decode(url.password);
  url.username = '';
  url.password = '';
  return { url: url.href, username, password };
}

/** A stray per cent sign is part of the secret, not a reason to fail. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function splitList(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
