import type { Environment, EnvironmentSettings } from './environment.js';
import { isBroker } from './environment.js';
import { ENVIRONMENT, type Problem } from './problems.js';
import { isRecord, itemsOf, type YamlSource } from './yaml-source.js';

/** Characters. */
const MIN_HASH_KEY = 16;

/** Where `redress.yaml` and the environment must agree, and secrets that stand where they must not. */
export function checkService(
  source: YamlSource | undefined,
  settings: EnvironmentSettings,
  env: Environment,
): Problem[] {
  if (source === undefined || !isRecord(source.value)) return [];
  const problems: Problem[] = [];
  const section = (name: string): Record<string, unknown> => {
    const value = (source.value as Record<string, unknown>)[name];
    return isRecord(value) ? value : {};
  };
  const { host } = section('http');
  if (typeof host === 'string' && !isLoopback(host) && settings.tokens.length === 0) {
    const message = `'${host}' can be reached from other machines; set REDRESS_TOKENS to role:token pairs first`;
    problems.push(source.problem(['http', 'host'], message));
  }
  problems.push(...checkCharts(source, section('slack'), section('http'), settings));
  for (const [index, broker] of itemsOf(section('kafka').brokers).entries()) {
    if (typeof broker === 'string' && !isBroker(broker)) {
      problems.push(source.problem(['kafka', 'brokers', index], `must be host:port, not '${broker}'`));
    }
  }
  problems.push(...checkHashKey(source, section('privacy'), settings));
  problems.push(...checkKafkaLogin(source, section('kafka'), settings));
  const addresses = Object.entries(section('webhooks')).map(
    ([name, it]) => [['webhooks', name], it] as const,
  );
  for (const [path, address] of [...addresses, [['heartbeat', 'url'], section('heartbeat').url] as const]) {
    if (!isRecord(address) || typeof address.env !== 'string') continue;
    if ((env[address.env] ?? '') === '') {
      const message = `the environment variable ${address.env} is not set`;
      problems.push(source.problem([...path, 'env'], message));
    } else if (!URL.canParse(env[address.env] as string)) {
      problems.push({
        file: ENVIRONMENT,
        line: 0,
        column: 0,
        path: address.env,
        message: 'must be an address',
      });
    }
  }
  return problems;
}

/** Pseudonyms without a key could be undone by trying values out. */
function checkHashKey(
  source: YamlSource,
  privacy: Record<string, unknown>,
  { hashKey }: EnvironmentSettings,
): Problem[] {
  if (hashKey.length >= MIN_HASH_KEY) return [];
  const attributes = isRecord(privacy.attributes) ? Object.entries(privacy.attributes) : [];
  const hashed = [
    ...Object.entries(privacy).map(([name, policy]) => [[name], policy] as const),
    ...attributes.map(([name, policy]) => [['attributes', name], policy] as const),
  ].filter(([, policy]) => policy === 'hash');
  const message = `hash wants a key: set REDRESS_HASH_KEY to at least ${MIN_HASH_KEY} characters`;
  return hashed.map(([path]) => source.problem(['privacy', ...path], message));
}

/** A link to a chart is an address that others reach, signed with what Slack's clicks are signed with. */
function checkCharts(
  source: YamlSource,
  { charts }: Record<string, unknown>,
  { public_url: publicUrl }: Record<string, unknown>,
  { slackSigningSecrets }: EnvironmentSettings,
): Problem[] {
  if (charts !== 'link') return [];
  const missing = [
    ...(publicUrl === undefined ? ['http.public_url'] : []),
    ...(slackSigningSecrets.length === 0 ? ['SLACK_SIGNING_SECRET'] : []),
  ];
  if (missing.length === 0) return [];
  return [source.problem(['slack', 'charts'], `links to charts want ${missing.join(' and ')}`)];
}

/** A login wants both names from the environment, and a certificate its key. */
function checkKafkaLogin(
  source: YamlSource,
  kafka: Record<string, unknown>,
  { kafkaUsername, kafkaPassword }: EnvironmentSettings,
): Problem[] {
  const problems: Problem[] = [];
  if (kafka.sasl !== undefined && (kafkaUsername === '' || kafkaPassword === '')) {
    problems.push(
      source.problem(['kafka', 'sasl'], 'a login wants KAFKA_USERNAME and KAFKA_PASSWORD to be set'),
    );
  }
  const { tls } = kafka;
  if (isRecord(tls) && (tls.cert === undefined) !== (tls.key === undefined)) {
    problems.push(source.problem(['kafka', 'tls'], 'cert and key belong together: one of them is missing'));
  }
  return problems;
}

/** Looks for secrets that are known by their form in any value, whatever its key is called. */
export function checkPastedSecrets(source: YamlSource): Problem[] {
  const problems: Problem[] = [];
  const visit = (value: unknown, path: (string | number)[]): void => {
    if (typeof value === 'string') {
      const secret = secretIn(value, path);
      if (secret !== null) problems.push(source.problem(path, secret));
    } else if (Array.isArray(value))
      for (const [index, item] of value.entries()) visit(item, [...path, index]);
    else if (isRecord(value)) for (const [key, item] of Object.entries(value)) visit(item, [...path, key]);
  };
  visit(source.value, []);
  return problems;
}

function secretIn(text: string, path: readonly (string | number)[]): string | null {
  if (/xox[abeprs]-[\w-]{8,}/.test(text))
    return 'is a Slack token; secrets are read from the environment only';
  if (!URL.canParse(text) || new URL(text).password === '') return null;
  if (path.join('.') === 'clickhouse.url') return 'contains a password; set CLICKHOUSE_PASSWORD instead';
  return 'contains a password; secrets are read from the environment only';
}

/** True for addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
