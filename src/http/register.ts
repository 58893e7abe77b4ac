import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import type { ZodType } from 'zod';
import type { Guard } from './auth.js';
import { type Answer, type Endpoint, fault } from './endpoint.js';

/** The longest JSON body of a command, bytes. */
const MAX_COMMAND_BYTES = 64 * 1_024;
/** Raw bodies that may be on their way at once: what bounds memory when the store is slow and senders are many. */
const MAX_RAW_CALLS = 32;

/** Serves the endpoints: asks the guard before the body is read, checks the input and sends the answer. */
export function registerEndpoints(app: FastifyInstance, endpoints: readonly Endpoint[], guard: Guard): void {
  app.register(async (scope) => {
    scope.removeContentTypeParser('text/plain');
    for (const endpoint of endpoints) {
      if (endpoint.raw !== undefined) continue;
      register(scope, endpoint, guard, MAX_COMMAND_BYTES, checkedHandler(endpoint));
    }
  });
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.addHook('onRequest', limitCalls());
    for (const endpoint of endpoints) {
      if (endpoint.raw === undefined) continue;
      register(scope, endpoint, guard, endpoint.raw.maxBytes, rawHandler(endpoint));
    }
  });
}

export function sendAnswer(reply: FastifyReply, { status, body, headers }: Answer): FastifyReply {
  return reply
    .code(status)
    .headers(headers ?? {})
    .send(body);
}

function register(
  scope: FastifyInstance,
  { method, path, access }: Endpoint,
  guard: Guard,
  bodyLimit: number,
  handler: RouteHandlerMethod,
): void {
  scope.route({
    method,
    url: path,
    bodyLimit,
    onRequest: async (request, reply) => {
      const refusal = guard(access, request.headers);
      if (refusal !== null) return sendAnswer(reply, refusal);
    },
    handler,
  });
}

function checkedHandler(endpoint: Endpoint): RouteHandlerMethod {
  return async (request, reply) => {
    const input: Record<string, unknown> = { headers: request.headers };
    const problems: string[] = [];
    for (const part of ['params', 'query', 'body'] as const) {
      const schema = endpoint[part];
      if (schema === undefined) continue;
      const read = readPart(schema, request[part], part);
      if (read.ok) input[part] = read.value;
      else problems.push(...read.problems);
    }
    if (problems.length > 0) return sendAnswer(reply, fault(400, 'invalid_request', problems.join('; ')));
    return sendAnswer(reply, await endpoint.handle(input as unknown as Parameters<Endpoint['handle']>[0]));
  };
}

function rawHandler(endpoint: Endpoint): RouteHandlerMethod {
  return async (request, reply) => {
    const encoding = request.headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') {
      const message = `content-encoding '${encoding}' is not taken; send the body as it is`;
      return sendAnswer(reply, fault(415, 'unsupported_encoding', message));
    }
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const call = { params: undefined, query: undefined, body, headers: request.headers };
    return sendAnswer(reply, await endpoint.handle(call));
  };
}

/** Counts the calls from their first line to the end of their connection's interest in them. */
function limitCalls() {
  let running = 0;
  return async (_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    if (running >= MAX_RAW_CALLS) {
      const busy = fault(503, 'busy', 'too many requests at once; send this one again');
      return sendAnswer(reply, { ...busy, headers: { 'retry-after': '1' } });
    }
    running += 1;
    reply.raw.once('close', () => {
      running -= 1;
    });
    return undefined;
  };
}

function readPart(
  schema: ZodType,
  value: unknown,
  part: 'params' | 'query' | 'body',
): { ok: true; value: unknown } | { ok: false; problems: string[] } {
  if (part === 'body' && value === undefined) {
    return { ok: false, problems: ['the body is missing: send a JSON object'] };
  }
  const read = schema.safeParse(value);
  if (read.success) return { ok: true, value: read.data };
  const problems = read.error.issues.map(({ path, message }) =>
    path.length === 0 ? `${part}: ${message}` : `${path.join('.')}: ${message}`,
  );
  return { ok: false, problems };
}
