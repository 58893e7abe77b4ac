import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { builtinDetectors } from '../../detectors/index.js';
import { createProgram } from '../../src/cli/program.js';
import { loadConfiguration } from '../../src/config/load.js';
import { DATASOURCE_YAML } from '../../src/dashboards/provisioning.js';
import { manifest, ROOT, readRepositoryFile } from './repository.js';

interface Service {
  image?: string;
  build?: string;
  depends_on?: Record<string, { condition: string }>;
  environment: Record<string, string | number>;
  volumes: string[];
  ports: string[];
  healthcheck?: unknown;
  command?: string[];
  read_only?: boolean;
  tmpfs?: string[];
}

interface Compose {
  services: Record<'redress' | 'marketplace' | 'kafka' | 'clickhouse' | 'grafana', Service>;
  volumes: Record<string, unknown>;
}

interface Datasource {
  type: string;
  jsonData: { host: string; port: number; protocol: string; username: string; defaultDatabase: string };
  secureJsonData: { password: string };
}

const compose = parse(readRepositoryFile('compose.yaml')) as Compose;
const { redress, marketplace, kafka, clickhouse, grafana } = compose.services;
const services = Object.entries(compose.services);
const datasource = (parse(DATASOURCE_YAML) as { datasources: [Datasource] }).datasources[0];
const grafanaUser = readRepositoryFile('dashboards/clickhouse/grafana-user.xml');

const SECRETS: Readonly<Record<string, string>> = {
  CLICKHOUSE_PASSWORD: 'p%40ss word',
  REDRESS_TOKENS: 'ingest:0123456789,read:0123456789',
  SLACK_BOT_TOKEN: '',
};

/** A service's environment with `${NAME:?…}` and `${NAME:-}` filled in, as compose does. */
function filledIn(service: Service): Record<string, string> {
  const fill = (text: string) => text.replaceAll(/\$\{(\w+):[?-][^}]*\}/g, (_, name) => SECRETS[name] ?? '');
  return Object.fromEntries(
    Object.entries(service.environment).map(([name, value]) => [name, fill(String(value))]),
  );
}

/** The shell's lines on a page that make the file of the secrets. */
const makesSecrets = (readRepositoryFile('docs/operations.md').match(/^```sh\n(.*?)^```/ms)?.[1] ?? '')
  .split('\n')
  .filter((line) => line.includes('.env'));

/** The container's configuration folder: the repository's, with its own redress.yaml. */
function containerConfiguration(): string {
  const folder = mkdtempSync(join(tmpdir(), 'redress-container-'));
  cpSync(`${ROOT}config`, folder, { recursive: true });
  cpSync(`${ROOT}config/container/redress.yaml`, join(folder, 'redress.yaml'));
  return folder;
}

const settings = async (env: Record<string, string>) =>
  loadConfiguration(containerConfiguration(), { env, detectors: builtinDetectors });

test('has every secret that it asks for, once a reader has typed what the page on operations says', () => {
  const folder = mkdtempSync(join(tmpdir(), 'redress-secrets-'));
  expect(makesSecrets).toHaveLength(2);
  execFileSync('sh', ['-ec', makesSecrets.join('\n')], { cwd: folder });
  const made = Object.fromEntries(
    readFileSync(join(folder, '.env'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const asked = [...readRepositoryFile('compose.yaml').matchAll(/\$\{(\w+):\?/g)].map(
    ([, name]) => name ?? '',
  );
  expect(Object.keys(made).sort()).toEqual([...new Set(asked)].sort());
  for (const name of asked) expect(made[name], name).toMatch(/[0-9a-f]{32}$/);
  expect(tokensOf(made.REDRESS_TOKENS ?? '')).toEqual(['ingest', 'read', 'operate']);
});

const tokensOf = (text: string): string[] => text.split(',').map((pair) => pair.split(':')[0] ?? '');

describe('the composition', () => {
  test.each(services)('mounts only what is there: %s', (_, { volumes }) => {
    for (const volume of volumes) {
      const [source = ''] = volume.split(':');
      if (source.startsWith('./')) expect(existsSync(ROOT + source.slice(2)), source).toBe(true);
      else expect(Object.keys(compose.volumes)).toContain(source);
    }
  });

  test.each(services)('mounts files of the repository without the right to change them: %s', (_, service) => {
    for (const volume of service.volumes.filter((candidate) => candidate.startsWith('./')))
      expect(volume).toMatch(/:ro$/);
  });

  test.each(services)('waits only for services that are there and have a health check: %s', (_, service) => {
    for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(condition).toBe('service_healthy');
      const service = compose.services[name as keyof Compose['services']];
      // Redress has its health check in its image.
      if (service.build === undefined) expect(service.healthcheck).toBeDefined();
      else expect(readRepositoryFile('Dockerfile')).toContain('HEALTHCHECK');
    }
  });

  test.each(services)('is reached from this machine alone: %s', (_, { ports }) => {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:(\d+):\1$/);
  });

  test.each(services)('names its image by version, or builds it: %s', (_, { image, build }) => {
    if (build !== undefined) expect(build).toBe('.');
    else if (image !== redress.image) expect(image).toMatch(/^[a-z/-]+:\d+(\.\d+)+$/);
  });

  test('has no secret in it, and refuses to start without the ones that it needs', () => {
    for (const [name, service] of services)
      for (const [variable, value] of Object.entries(service.environment))
        if (/PASSWORD|TOKEN|SECRET/.test(variable))
          expect(value, `${name}: ${variable}`).toMatch(
            variable.startsWith('SLACK_') ? /^\$\{\w+:-\}$/ : /^\$\{\w+:\?.+\}$/,
          );
  });
});

describe('Redress', () => {
  test('is given a configuration that is complete with this environment', async () => {
    const loaded = await settings(filledIn(redress));
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
    const { service } = loaded.configuration;
    expect(service.clickhouse).toMatchObject({
      url: 'http://clickhouse:8123/',
      username: clickhouse.environment.CLICKHOUSE_USER,
      password: SECRETS.CLICKHOUSE_PASSWORD,
      database: clickhouse.environment.CLICKHOUSE_DB,
    });
    expect(service.kafka?.brokers).toEqual(['kafka:9092']);
    expect(service.http).toMatchObject({ host: '0.0.0.0', port: 8080 });
    expect(service.slack).toBeNull();
    expect(service.dashboardsUrl).toMatch(/^http:\/\/localhost:3000\/?$/);
    expect(grafana.ports).toContain('127.0.0.1:3000:3000');
  });

  test('refuses to listen on the network without tokens', async () => {
    const loaded = await settings({ ...filledIn(redress), REDRESS_TOKENS: '' });
    expect(loaded.ok).toBe(false);
  });

  test('keeps the embedded store in the volume when no server is named', async () => {
    const loaded = await settings({ ...filledIn(redress), CLICKHOUSE_URL: '' });
    expect(loaded.ok && loaded.configuration.service.clickhouse).toMatchObject({
      url: null,
      data: '/data/clickhouse',
    });
    expect(redress.volumes).toContain('redress-data:/data');
  });

  test('is given only variables that the configuration knows', () => {
    const known = readRepositoryFile('src/config/environment.ts');
    for (const variable of Object.keys(redress.environment)) expect(known).toContain(variable);
  });

  test("finds Kafka at the address that the broker gives out inside the composition's network", () => {
    const { KAFKA_LISTENERS, KAFKA_ADVERTISED_LISTENERS } = kafka.environment;
    expect(KAFKA_ADVERTISED_LISTENERS).toBe(
      `INTERNAL://${redress.environment.KAFKA_BROKERS},HOST://localhost:29092`,
    );
    expect(String(KAFKA_LISTENERS).split(',')).toEqual(
      expect.arrayContaining(['INTERNAL://:9092', 'HOST://:29092']),
    );
    expect(kafka.ports).toContain('127.0.0.1:29092:29092');
  });

  test('runs against the Kafka that the tests run against', () => {
    const tested = /KAFKA_VERSION = '([\d.]+)'/.exec(readRepositoryFile('scripts/kafka-jars.ts'))?.[1];
    expect(kafka.image).toBe(`apache/kafka:${tested}`);
  });

  test('runs against the ClickHouse version that is embedded', () => {
    const embedded = manifest()
      .optionalDependencies['@chdb/lib-linux-x64-gnu']?.split('.')
      .slice(0, 2)
      .join('.');
    expect(clickhouse.image).toBe(`clickhouse/clickhouse-server:${embedded}`);
  });
});

describe('the simulated marketplace', () => {
  test('publishes to the topic that Redress reads, from the image that Redress is', async () => {
    const loaded = await settings(filledIn(redress));
    const topic = loaded.ok ? loaded.configuration.service.kafka?.topics[0] : '';
    expect(marketplace.image).toBe(redress.image);
    expect(marketplace.command).toContain(`--to=kafka://${redress.environment.KAFKA_BROKERS}/${topic}`);
  });

  test('gives a command that the program takes', async () => {
    const program = await createProgram({ out: () => {}, err: () => {} });
    const simulate = program.commands.find((command) => command.name() === 'simulate');
    simulate?.exitOverride().action(() => {});
    await program.parseAsync(marketplace.command ?? [], { from: 'user' });
    expect(simulate?.opts()).toMatchObject({ live: true, days: 365, rate: 5_000 });
  });
});

test.each([
  ['redress', redress],
  ['marketplace', marketplace],
])('%s writes only where it has a volume', (_, { read_only }) => {
  expect(read_only).toBe(true);
});

describe('Grafana', () => {
  const mountedAt = (path: string): string =>
    grafana.volumes.find((volume) => volume.split(':')[1] === path)?.split(':')[0] ?? '';

  test('has the plugin that the data source is of', () => {
    expect(grafana.environment.GF_PLUGINS_PREINSTALL).toBe(datasource.type);
  });

  test("asks the composition's ClickHouse over HTTP, for the database that Redress writes", () => {
    expect(datasource.jsonData).toMatchObject({
      host: 'clickhouse',
      port: Number(new URL(String(redress.environment.CLICKHOUSE_URL)).port),
      protocol: 'http',
      defaultDatabase: clickhouse.environment.CLICKHOUSE_DB,
    });
  });

  test('comes as a user who can read that database and nothing else', () => {
    const { username, defaultDatabase } = datasource.jsonData;
    expect(grafanaUser).toMatch(new RegExp(`<users>\\s*<${username}>`));
    expect(grafanaUser.match(/<query>.*<\/query>/g)).toEqual([
      `<query>GRANT SELECT ON ${defaultDatabase}.*</query>`,
    ]);
    expect(grafanaUser).toContain('<readonly>2</readonly>');
    const variable = datasource.secureJsonData.password.replace('$', '');
    expect(grafanaUser).toContain(`from_env="${variable}"`);
    expect(grafana.environment[variable]).toBe(clickhouse.environment[variable]);
  });

  test('finds the data source, the provider and the dashboards where it looks for them', () => {
    expect(mountedAt('/etc/grafana/provisioning/datasources')).toBe('./dashboards/provisioning/datasources');
    const provider = `${mountedAt('/etc/grafana/provisioning/dashboards')}/redress.yaml`;
    const { providers } = parse(readRepositoryFile(provider)) as {
      providers: [{ options: { path: string } }];
    };
    expect(existsSync(`${ROOT}${mountedAt(providers[0].options.path)}/redress-overview.json`)).toBe(true);
  });
});
