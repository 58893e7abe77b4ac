import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { application, FakeService } from '../http/fake-service.js';
import { SCOPES } from '../slack/scopes.js';
import { ROOT } from './repository.js';

const ManifestSchema = z.looseObject({
  features: z.looseObject({
    app_home: z.looseObject({ home_tab_enabled: z.literal(true) }),
    slash_commands: z.array(z.looseObject({ command: z.string(), url: z.url() })),
  }),
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
  settings: z.looseObject({
    event_subscriptions: z.object({ request_url: z.url(), bot_events: z.array(z.string()) }),
    interactivity: z.object({ is_enabled: z.literal(true), request_url: z.url() }),
  }),
});

const page = readFileSync(`${ROOT}docs/slack.md`, 'utf8');
const manifest = ManifestSchema.parse(
  parse(/```yaml\n(display_information:[\s\S]*?)```/.exec(page)?.[1] ?? ''),
);

const sources = (folder: string) =>
  readdirSync(`${ROOT}${folder}`)
    .filter((name) => name.startsWith('slack') && name.endsWith('.ts'))
    .map((name) => readFileSync(`${ROOT}${folder}/${name}`, 'utf8'))
    .join('\n');

/** The Web API's methods that the code calls, as Slack names them. */
function calledMethods(): string[] {
  const called = [...sources('src/notify').matchAll(/\bapi\s*\.((?:\w+\.)+\w+)\(\{/g)].map(
    ([, name = '']) => name,
  );
  // The client's one call for an upload is these two, with the bytes between them.
  const upload = /\.filesUploadV2\(/.test(sources('src/notify'))
    ? ['files.getUploadURLExternal', 'files.completeUploadExternal']
    : [];
  return [...new Set([...called, ...upload])];
}

it('asks for the scopes that the code needs, and for no other', () => {
  const methods = calledMethods();
  expect(methods).toEqual(
    expect.arrayContaining(['chat.postMessage', 'views.publish', 'usergroups.users.list']),
  );
  for (const method of methods) expect(Object.keys(SCOPES), method).toContain(method);
  const needed = new Set(methods.flatMap((method) => SCOPES[method] ?? []));
  needed.add('commands');
  expect([...manifest.oauth_config.scopes.bot].sort()).toEqual([...needed].sort());
  for (const scope of needed)
    expect(page, 'the page says what it is for').toContain(`| \`${scope}\``.slice(2));
});

it('sends what people do to where it is taken, and subscribes to what is listened to', async () => {
  const app = application(new FakeService());
  const { paths } = (await app.inject({ method: 'GET', url: '/openapi.json' })).json() as { paths: object };
  const { features, settings } = manifest;
  const addresses = [
    settings.interactivity.request_url,
    settings.event_subscriptions.request_url,
    ...features.slash_commands.map(({ url }) => url),
  ].map((url) => new URL(url).pathname);
  expect(addresses.sort()).toEqual(
    Object.keys(paths)
      .filter((path) => path.startsWith('/slack/'))
      .sort(),
  );
  expect(features.slash_commands.map(({ command }) => command)).toEqual(['/redress']);
  const listened = [...sources('src/http').matchAll(/type === '(app_\w+)'/g)].map(([, type]) => type);
  expect(settings.event_subscriptions.bot_events).toEqual(listened);
});
