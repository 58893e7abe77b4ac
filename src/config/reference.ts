import { configurationJsonSchemas } from './json-schemas.js';
import { CONFIGURATION_FILES } from './load.js';

/** The parts of a JSON Schema that a reader is told. */
interface Schema {
  type?: string;
  description?: string;
  default?: unknown;
  enum?: readonly unknown[];
  const?: unknown;
  minimum?: number;
  maximum?: number;
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  items?: Schema;
  additionalProperties?: Schema | boolean;
  anyOf?: readonly Schema[];
}

const INTRODUCTION = `# Configuration

Every setting of every file, made from the schemas that the files are checked against: \`redress schema reference\`
prints this page. \`redress init\` writes a folder to start from, \`redress check\` says everything that is wrong with
one, with file, line and column, and \`redress schema FILE\` prints a JSON Schema for editors. Secrets are in no file;
they come from the environment. Lengths of time are written \`90s\`, \`10m\`, \`4h\`, \`7d\`.
`;

const SECRETS = `## Environment

| variable | |
|---|---|
| \`CLICKHOUSE_URL\`, \`CLICKHOUSE_USER\`, \`CLICKHOUSE_PASSWORD\` | a ClickHouse server instead of the embedded one |
| \`KAFKA_BROKERS\`, \`KAFKA_USERNAME\`, \`KAFKA_PASSWORD\` | brokers as \`host:port\`, separated by commas, and the login for \`kafka.sasl\` |
| \`REDRESS_TOKENS\` | \`role:token\` with the roles \`ingest\`, \`read\` and \`operate\`, separated by commas; a role may have two while one is being replaced |
| \`REDRESS_WEBHOOK_SECRET\` | signs what goes to webhooks |
| \`REDRESS_HASH_KEY\` | keys the pseudonyms of \`privacy: hash\` |
| \`SLACK_BOT_TOKEN\`, \`SLACK_SIGNING_SECRET\`, \`SLACK_APP_TOKEN\` | see [slack.md](slack.md); two signing secrets, separated by a comma, while one is being replaced |
| \`SLACK_API_URL\` | where Slack's API is, for a proxy or a test |
| \`REDRESS_URL\`, \`REDRESS_TOKEN\` | for commands that act through the running service |
| \`REDRESS_LOG_LEVEL\` | \`debug\`, \`info\`, \`warn\`, \`error\` |
`;

/** The configuration's reference for people, in Markdown. */
export function configurationReference(): string {
  const schemas = configurationJsonSchemas();
  const files = Object.entries(CONFIGURATION_FILES).map(([, file]) => {
    const schema = schemas[file.replace('.yaml', '')] as Schema;
    const root = schema.items ?? schema;
    const list = schema.items === undefined ? '' : ' A list of:';
    const rows = settingRows(root).map(
      ({ path, takes, meaning }) => `| \`${path}\` | ${takes} | ${meaning} |`,
    );
    return `## ${file}\n${list === '' ? '' : `${list.trim()}\n`}\n| setting | takes | |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `${[INTRODUCTION, ...files, SECRETS].join('\n')}`;
}

interface Setting {
  path: string;
  takes: string;
  meaning: string;
}

/** The settings of a JSON Schema with what they take and mean, fit for the cells of a Markdown table. */
export function settingRows(schema: object): Setting[] {
  return settings(schema as Schema, '').map(({ path, takes, meaning }) => ({
    path,
    takes: cell(takes),
    meaning: cell(meaning),
  }));
}

function settings(schema: Schema, path: string): Setting[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
    const own = path === '' ? name : `${path}.${name}`;
    const required = schema.required?.includes(name) === true && inner.default === undefined;
    const setting = {
      path: own,
      takes: `${taken(inner)}${required ? ', required' : ''}`,
      meaning: meaningOf(inner),
    };
    return [setting, ...insideOf(inner).flatMap(([suffix, part]) => settings(part, `${own}${suffix}`))];
  });
}

/** What lies in a setting, with how its path goes on. */
function insideOf(schema: Schema): [string, Schema][] {
  const parts: [string, Schema][] = [];
  if (schema.properties !== undefined) parts.push(['', schema]);
  if (schema.items !== undefined) parts.push(...under('[]', schema.items));
  if (typeof schema.additionalProperties === 'object')
    parts.push(...under('.NAME', schema.additionalProperties));
  const seen = new Set<string>();
  for (const choice of schema.anyOf ?? [])
    for (const [suffix, part] of insideOf(choice)) {
      const names = `${suffix} ${Object.keys(part.properties ?? {}).join()}`;
      if (seen.has(names)) continue;
      seen.add(names);
      parts.push([suffix, part]);
    }
  return parts;
}

const under = (suffix: string, schema: Schema): [string, Schema][] =>
  insideOf(schema).map(([rest, part]) => [suffix + rest, part]);

function taken(schema: Schema): string {
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(taken))].join(' or ');
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (schema.type === 'array')
    return schema.items === undefined ? 'a list' : `a list of ${taken(schema.items)}`;
  if (schema.type === 'object') return 'a mapping';
  const { minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER } = schema;
  const range = [
    ...(minimum > Number.MIN_SAFE_INTEGER ? [`from ${minimum}`] : []),
    ...(maximum < Number.MAX_SAFE_INTEGER ? [`to ${maximum}`] : []),
  ].join(' ');
  const names: Record<string, string> = {
    string: 'text',
    integer: 'a whole number',
    number: 'a number',
    boolean: '`true`, `false`',
  };
  return `${names[schema.type ?? ''] ?? 'a value'}${range === '' ? '' : ` ${range}`}`;
}

/** The description, with the default where it does not say it itself. */
function meaningOf({ description = '', default: usual }: Schema): string {
  if (usual === undefined || /default/i.test(description)) return description;
  if (typeof usual === 'object' && usual !== null && Object.keys(usual).length === 0) return description;
  return `${description}${description === '' ? '' : ' '}Default: ${typeof usual === 'object' ? JSON.stringify(usual) : String(usual)}.`;
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
