import { expect, it } from 'vitest';
import { z } from 'zod';
import { EVENT_FIELDS } from '../../src/model/event-schema.js';
import { application, FakeService } from './fake-service.js';

const DocumentSchema = z.looseObject({
  openapi: z.literal('3.1.0'),
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.looseObject({
        operationId: z.string(),
        summary: z.string().min(1),
        parameters: z.array(z.looseObject({ name: z.string(), in: z.string(), schema: z.looseObject({}) })),
        responses: z.record(z.string(), z.looseObject({ description: z.string().min(1) })),
      }),
    ),
  ),
  components: z.looseObject({ schemas: z.record(z.string(), z.looseObject({})) }),
});

async function described() {
  const routes: string[] = [];
  const app = application(new FakeService(), {}, (bare) => {
    bare.addHook('onRoute', ({ method, url }) => {
      // fastify answers HEAD wherever it answers GET.
      const methods = [method].flat().filter((one) => one !== 'HEAD');
      routes.push(...methods.map((one) => `${one} ${url.replace(/:(\w+)/g, '{$1}')}`));
    });
  });
  const answer = await app.inject({ method: 'GET', url: '/openapi.json' });
  return { routes, document: DocumentSchema.parse(answer.json()) };
}

it('describes every route, and nothing that is not there', async () => {
  const { routes, document } = await described();
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(operations.sort()).toEqual(routes.sort());
  expect(operations).toContain('POST /v1/events');
  expect(operations).toContain('POST /v1/follow-ups/{id}/ship-fix');
});

it('gives each operation a name of its own and says what each place in its path is', async () => {
  const { document } = await described();
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.values(methods).map((operation) => ({ path, ...operation })),
  );
  const names = operations.map(({ operationId }) => operationId);
  expect(new Set(names).size).toBe(names.length);
  for (const { path, parameters } of operations) {
    const places = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const inPath = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
    expect(inPath).toEqual(places);
  }
});

it('has the event as it is decoded, and refers to nothing that it does not have', async () => {
  const { document } = await described();
  const event = document.components.schemas.Event as { properties: Record<string, unknown> };
  expect(Object.keys(event.properties)).toEqual(Object.values(EVENT_FIELDS).map(({ name }) => name));
  const text = JSON.stringify(document);
  const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
  expect(new Set(references)).toEqual(
    new Set(['Analysis', 'Annotation', 'Error', 'Event', 'Alert', 'Silence', 'FollowUp', 'StoryEntry']),
  );
  expect(text.match(/"\$ref":"/g)).toHaveLength(references.length);
  expect(Object.keys(document.components.schemas)).toEqual(expect.arrayContaining([...new Set(references)]));
});
