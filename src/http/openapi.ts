import { type ZodType, z } from 'zod';
import { eventJsonSchema } from '../model/event-schema.js';
import type { Access, Endpoint } from './endpoint.js';

/** The endpoints' description in OpenAPI 3.1, whose schemas are JSON Schemas of draft 2020-12. */
export function describeApi(endpoints: readonly Endpoint[]): object {
  const schemas: Record<string, unknown> = { Event: withoutDialect(eventJsonSchema()) };
  const paths: Record<string, Record<string, unknown>> = {};
  for (const endpoint of endpoints) {
    const path = endpoint.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operation(endpoint, schemas) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Redress',
      version: '1',
      description: "The loop from a marketplace's metrics to a verified improvement.",
    },
    paths,
    components: {
      schemas,
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'A token with a role: `ingest`, `read` or `operate`, which may read as well.',
        },
      },
    },
  };
}

type Schemas = Record<string, unknown>;

function operation(endpoint: Endpoint, schemas: Schemas): object {
  const body = requestBody(endpoint, schemas);
  return {
    operationId: operationId(endpoint),
    summary: endpoint.summary,
    security: securityOf(endpoint.access),
    parameters: [
      ...parameters(endpoint.params, 'path', schemas),
      ...parameters(endpoint.query, 'query', schemas),
    ],
    ...(body === null ? {} : { requestBody: body }),
    responses: responses(endpoint, schemas),
  };
}

/** `POST /v1/follow-ups/:id/ship-fix` becomes `post_v1_follow_ups_id_ship_fix`. */
function operationId({ method, path }: Endpoint): string {
  return `${method.toLowerCase()}${path.replace(/\W+/g, '_')}`;
}

/** Without tokens configured, a service on loopback asks for none; the description is of the guarded one. */
function securityOf(access: Access): object[] {
  return access === 'open' || access === 'signed' ? [] : [{ bearer: [access] }];
}

function parameters(schema: ZodType | undefined, place: 'path' | 'query', schemas: Schemas): object[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = jsonSchema(schema, 'input', schemas) as {
    properties?: Record<string, object>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }));
}

function requestBody({ body, raw }: Endpoint, schemas: Schemas): object | null {
  if (raw !== undefined) {
    const content = Object.entries(raw.content).map(([type, schema]) => [type, { schema }]);
    return { required: true, content: Object.fromEntries(content) };
  }
  if (body === undefined) return null;
  return {
    required: true,
    content: { 'application/json': { schema: jsonSchema(body, 'input', schemas) } },
  };
}

function responses({ answers, access }: Endpoint, schemas: Schemas): object {
  const described = Object.entries(answers).map(([status, { description, schema }]) => [
    status,
    schema === undefined
      ? { description }
      : { description, content: { 'application/json': { schema: jsonSchema(schema, 'output', schemas) } } },
  ]);
  const refusals =
    access === 'open' || access === 'signed'
      ? []
      : [
          ['401', { description: 'No token, or one that is not known.' }],
          ['403', { description: "The token's role does not allow it." }],
        ];
  return Object.fromEntries([...described, ...refusals]);
}

/** Schemas that have a name are put among the components and referred to. */
function jsonSchema(schema: ZodType, io: 'input' | 'output', schemas: Schemas): object {
  const { $defs, ...written } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Record<
    string,
    unknown
  >;
  for (const [name, definition] of Object.entries(($defs ?? {}) as Record<string, object>)) {
    schemas[name] = pointToComponents(withoutDialect(definition));
  }
  return pointToComponents(withoutDialect(written)) as object;
}

function withoutDialect(schema: object): object {
  const { $schema: _dialect, ...rest } = schema as Record<string, unknown>;
  return rest;
}

function pointToComponents(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pointToComponents);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) =>
      key === '$ref' && typeof item === 'string'
        ? [key, item.replace('#/$defs/', '#/components/schemas/')]
        : [key, pointToComponents(item)],
    ),
  );
}
