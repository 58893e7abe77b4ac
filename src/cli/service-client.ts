import { type Command, Option } from 'commander';
import type { ZodType } from 'zod';
import { z } from 'zod';
import { formatProblems } from '../config/problems.js';
import { ProblemSchema } from '../http/routes/reload.js';
import { type ErrorCode, messageOf, RedressError } from '../model/errors.js';

const DEFAULT_URL = 'http://127.0.0.1:8080';
/** How long a service may take to answer, ms. */
const TIMEOUT = 30_000;

const FaultSchema = z.object({
  error: z.object({ code: z.string(), message: z.string() }),
  problems: z.array(ProblemSchema).optional(),
});

/** Adds what every command has that acts through the running service. */
export function withService(command: Command): Command {
  return command.addOption(
    new Option('--url <url>', 'where the service listens; its token is read from REDRESS_TOKEN')
      .env('REDRESS_URL')
      .default(DEFAULT_URL),
  );
}

/** Adds who acts. */
export function withActor(command: Command): Command {
  const { USER, USERNAME } = process.env;
  return withService(command).option('--as <name>', 'who acts', USER || USERNAME || 'operator');
}

/** The client for a command's options. Throws `usage` for an address that is none. */
export function clientFor({ url }: { url: string }): ServiceClient {
  return new ServiceClient(url, process.env.REDRESS_TOKEN ?? '');
}

/**
 * Talks to a running service. Every failure is a `RedressError` with one line that says what and where: not
 * reachable and out of order are `target_unavailable`, a refused token is `secret_missing`, a refused command
 * `conflict`.
 */
export class ServiceClient {
  readonly #base: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
      throw new RedressError('usage', `'${url}' is not an http or https address`);
    }
    this.#base = url.replace(/\/+$/, '');
    this.#token = token;
  }

  get<T>(path: string, schema: ZodType<T>): Promise<T> {
    return this.#call('GET', path, undefined, schema);
  }

  post<T>(path: string, body: object, schema: ZodType<T>): Promise<T> {
    return this.#call('POST', path, body, schema);
  }

  async #call<T>(method: string, path: string, body: object | undefined, schema: ZodType<T>): Promise<T> {
    const { status, text } = await this.#fetch(method, path, body);
    const json = parseJson(text);
    if (status < 200 || status > 299) throw this.#refusal(status, json);
    const read = schema.safeParse(json);
    if (read.success) return read.data;
    const message = `${this.#base} does not answer as this version of Redress does`;
    throw new RedressError('target_unavailable', message, { cause: read.error });
  }

  async #fetch(method: string, path: string, body: object | undefined) {
    try {
      const response = await fetch(`${this.#base}${path}`, {
        method,
        headers: {
          ...(this.#token === '' ? {} : { authorization: `Bearer ${this.#token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT),
      });
      return { status: response.status, text: await response.text() };
    } catch (cause) {
      const message = `no service answers at ${this.#base} (${reasonOf(cause)}); is 'redress start' running there?`;
      throw new RedressError('target_unavailable', message, { cause, retryable: true });
    }
  }

  #refusal(status: number, json: unknown): RedressError {
    const fault = FaultSchema.safeParse(json);
    if (!fault.success) {
      return new RedressError('target_unavailable', `${this.#base} answered ${status}, not as Redress does`);
    }
    const { message } = fault.data.error;
    const { problems } = fault.data;
    if (problems !== undefined)
      return new RedressError('config_invalid', `${formatProblems(problems)}\n${this.#base}: ${message}`);
    if (status === 401 && this.#token === '') {
      return new RedressError('secret_missing', `${this.#base} wants a token: set REDRESS_TOKEN`);
    }
    const code = CODES.get(status) ?? 'target_unavailable';
    const text =
      code === 'target_unavailable' || code === 'secret_missing' ? `${this.#base}: ${message}` : message;
    return new RedressError(code, text, { retryable: status === 503 });
  }
}

const CODES: ReadonlyMap<number, ErrorCode> = new Map([
  [400, 'usage'],
  [401, 'secret_missing'],
  [403, 'secret_missing'],
  [404, 'not_found'],
  [409, 'conflict'],
]);

/** fetch says only that it failed; why is in the cause. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `no answer within ${TIMEOUT / 1_000} s`;
  const cause = error instanceof Error ? error.cause : undefined;
  const { code } = (cause ?? {}) as { code?: unknown };
  if (code === 'ECONNREFUSED') return 'connection refused';
  return typeof code === 'string' ? code : messageOf(cause ?? error);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
