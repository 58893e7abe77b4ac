import type { ZodType } from 'zod';

/**
 * Who may call. `open` and `signed` need no token: the first is for probes and scrapers, the second carries
 * Slack's own signature.
 */
export type Access = 'open' | 'signed' | 'ingest' | 'read' | 'operate';

export interface Answer {
  status: number;
  body: unknown;
  headers?: Readonly<Record<string, string>>;
}

/** What an answer of one status is, for the published description. */
export interface AnswerDescription {
  description: string;
  /** Absent for text. */
  schema?: ZodType;
}

/** A body that is taken as bytes, because it is signed or because its lines are read one by one. */
export interface RawBody {
  maxBytes: number;
  /** Content type to JSON Schema, for the published description. */
  content: Readonly<Record<string, object>>;
}

interface Description {
  method: 'GET' | 'POST';
  /** As fastify writes it: `/v1/alerts/:id`. */
  path: string;
  access: Access;
  summary: string;
  answers: Readonly<Record<number, AnswerDescription>>;
}

export interface Call<Params, Query, Body> {
  params: Params;
  query: Query;
  body: Body;
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * One way to talk to the service, written once: it is served, its input is checked and `/openapi.json`
 * describes it, all from here.
 */
export interface Endpoint extends Description {
  params?: ZodType;
  query?: ZodType;
  body?: ZodType;
  raw?: RawBody;
  handle(call: Call<unknown, unknown, unknown>): Promise<Answer>;
}

interface TypedEndpoint<Params, Query, Body> extends Description {
  params?: ZodType<Params>;
  query?: ZodType<Query>;
  body?: ZodType<Body>;
  handle(call: Call<Params, Query, Body>): Promise<Answer>;
}

/** Keeps the schemas' types up to the handler; a schema that is left out gives `undefined`. */
export function defineEndpoint<Params = undefined, Query = undefined, Body = undefined>(
  endpoint: TypedEndpoint<Params, Query, Body>,
): Endpoint {
  return endpoint as unknown as Endpoint;
}

/** An endpoint whose body reaches the handler as the bytes that came. */
export function defineRawEndpoint(
  endpoint: Description & { raw: RawBody; handle(call: Call<undefined, undefined, Buffer>): Promise<Answer> },
): Endpoint {
  return endpoint as unknown as Endpoint;
}

/** An error as every client gets it: a word for programs and a sentence for people. */
export function fault(status: number, code: string, message: string, more: object = {}): Answer {
  return { status, body: { error: { code, message }, ...more } };
}
