import helmet from '@fastify/helmet';
import {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
} from 'fastify';
import type { Logger } from 'pino';
import type { Clock } from '../model/clock.js';
import { RedressError } from '../model/errors.js';
import { answerForError } from './answer-for-error.js';
import { createGuard, type Role } from './auth.js';
import { type Endpoint, fault } from './endpoint.js';
import { describeApi } from './openapi.js';
import type { ServicePorts } from './ports.js';
import { limitRate } from './rate-limit.js';
import { registerEndpoints, sendAnswer } from './register.js';
import { alertEndpoints } from './routes/alerts.js';
import { analysisEndpoints } from './routes/analyses.js';
import { annotationEndpoints } from './routes/annotations.js';
import { chartEndpoints } from './routes/charts.js';
import { digestEndpoints } from './routes/digest.js';
import { eventEndpoints } from './routes/events.js';
import { followUpEndpoints } from './routes/follow-ups.js';
import { reloadEndpoints } from './routes/reload.js';
import { silenceEndpoints } from './routes/silences.js';
import { slackEndpoints } from './routes/slack.js';
import { statusEndpoints } from './routes/status.js';
import type { SlackInbox } from './slack-inbox.js';

export interface ServerOptions {
  ports: ServicePorts;
  tokens: readonly { role: Role; token: string }[];
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** Slack's, two of them while one is changed; none refuses everything that is said to come from Slack. */
  signingSecrets: readonly string[];
  inbox: SlackInbox;
  clock: Clock;
  log: Logger;
  /** The longest body of `POST /v1/events`, bytes. */
  maxBodyBytes: number;
  /** Requests that one caller may send in a minute. */
  requestsPerMinute: number;
  /** Addresses or networks of proxies that are believed about who calls. */
  trustedProxies: readonly string[];
}

export interface HttpServer {
  /** Resolves with where it listens: `http://127.0.0.1:8080`. Throws `port_in_use`. */
  listen(): Promise<{ address: string }>;
  /**
   * Takes no more requests, and resolves when those that were taken are done, clicks included. Callers who are not done
   * after `patience`, ms, are cut off; they were told nothing, and send again.
   */
  close(patience?: number): Promise<void>;
}

/** A request that is still arriving after so long is cut off, ms. */
const REQUEST_TIMEOUT = 120_000;

/** Ids carry the names of metrics, which may be long. */
const MAX_ID = 256;

export function createServer(options: ServerOptions): HttpServer {
  const { host, port } = options;
  const app = createApplication(options);
  return {
    async listen() {
      try {
        return { address: await app.listen({ host, port }) };
      } catch (error) {
        throw listenError(error, host, port);
      }
    },
    async close(patience) {
      if (patience === undefined) return app.close();
      const cut = setTimeout(() => app.server.closeAllConnections(), patience);
      await app.close();
      clearTimeout(cut);
    },
  };
}

/** The whole HTTP side without a socket, which tests talk to. `prepare` sees it before any route is added. */
export function createApplication(
  options: ServerOptions,
  prepare: (app: FastifyInstance) => void = () => {},
): FastifyInstance {
  const { ports, clock, log, maxBodyBytes, signingSecrets, inbox } = options;
  const app = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    requestTimeout: REQUEST_TIMEOUT,
    trustProxy: options.trustedProxies.length === 0 ? false : [...options.trustedProxies],
    frameworkErrors: answerError,
    routerOptions: { maxParamLength: MAX_ID },
  }) as unknown as FastifyInstance;
  prepare(app);
  // Answers are for programs: a browser that is led to one must neither run, frame nor guess at it.
  const nothing = ["'none'"];
  app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: nothing, baseUri: nothing, formAction: nothing, frameAncestors: nothing },
    },
    frameguard: { action: 'deny' },
  });
  limitRate(app, options);
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request, reply) =>
    sendAnswer(reply, fault(404, 'not_found', `there is no ${request.method} ${pathOf(request)}`)),
  );
  const endpoints: Endpoint[] = [
    ...eventEndpoints(ports.ingest, clock, maxBodyBytes),
    ...alertEndpoints(ports),
    ...analysisEndpoints(ports.analyses, ports.alerts),
    ...silenceEndpoints(ports.silences),
    ...annotationEndpoints(ports.annotations, clock),
    ...followUpEndpoints(ports.followUps),
    ...digestEndpoints(ports.digest),
    ...reloadEndpoints(ports.reload),
    ...chartEndpoints(ports, signingSecrets, clock),
    ...slackEndpoints({ inbox, signingSecrets, clock, log }),
  ];
  endpoints.push(...statusEndpoints(ports, () => describeApi(endpoints)));
  registerEndpoints(app, endpoints, createGuard(options));
  app.addHook('onClose', () => inbox.settled());
  return app;
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const answer = answerForError(error);
  if (answer.status >= 500) {
    const asked = { method: request.method, path: pathOf(request) };
    request.log.error({ err: error, ...asked }, 'a request failed');
  }
  return sendAnswer(reply, answer);
}

/** Without the query, in which somebody may have put what does not belong in a log. */
function pathOf({ url }: FastifyRequest): string {
  return url.split('?', 1)[0] as string;
}

function listenError(error: unknown, host: string, port: number): unknown {
  const { code } = error as { code?: unknown };
  const place = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  if (code === 'EADDRINUSE') {
    const message = `${place} is in use by another program; stop it, or set http.port to another`;
    return new RedressError('port_in_use', message, { cause: error });
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    const message = `cannot listen on ${place} (${code}): set http.host and http.port to an address of this machine`;
    return new RedressError('config_invalid', message, { cause: error });
  }
  return error;
}
