import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { validateAnswer } from './answers.js';
import { fileMethods } from './files.js';
import { createMethods } from './methods.js';
import { type Deed, People } from './people.js';
import { type Answer, type Arguments, Refused } from './refused.js';
import { ALL_SCOPES, SCOPES } from './scopes.js';
import { type Acknowledged, ServerSocket } from './socket.js';
import { SlackStore, type StoredChannel } from './store.js';

/** What can be made to go wrong with the next call of a method. */
export type Fault =
  /** 429 with `Retry-After`, in seconds. */
  | { kind: 'ratelimited'; retryAfter: number }
  /** `ok: false` with a word. */
  | { kind: 'error'; error: string }
  /** Another status, with an HTML page as a proxy would send. */
  | { kind: 'status'; status: number }
  /** The connection breaks, before or after the call was carried out. */
  | { kind: 'disconnect'; carriedOut: boolean }
  /** No answer ever comes, though the call was carried out. */
  | { kind: 'silence' }
  /** Something happens to the caller: before the call is carried out, then without an answer, or right behind it. */
  | { kind: 'interrupt'; when: 'before' | 'carried_out' | 'answered'; act(): void };

export interface StandInSettings {
  token?: string;
  signingSecret?: string;
  /** Epoch ms; the wall clock unless told. */
  now?: () => number;
  /** What the bot's token may do; everything unless told. */
  scopes?: readonly string[];
  /** How often a file has to be looked at until a message can show it; twice unless told. */
  looksUntilReady?: number;
}

/**
 * A stand-in for Slack's Web API on loopback, as strict as Slack where Redress could go wrong. It is spoken to
 * through the real client; tests read what people would see from its channels.
 */
export class SlackStandIn {
  readonly token: string;
  /** The app's own token, which may open sockets and nothing else. */
  readonly appToken = 'xapp-stand-in';
  readonly signingSecret: string;
  /** The connections that are open, by Socket Mode. */
  readonly sockets: ServerSocket[] = [];
  /** What came back over them. */
  readonly acknowledged: Acknowledged[] = [];
  /** Every call, in order, as `method`, also those that were refused or made to fail. */
  readonly calls: string[] = [];
  /** What was posted to the addresses for answers. */
  readonly responses: unknown[] = [];
  readonly store = new SlackStore();
  /** What people do. */
  readonly people: People;
  /** Asked before each call what is to go wrong with it; null for nothing. */
  disturb: ((method: string) => Fault | null) | null = null;
  readonly #scopes: ReadonlySet<string>;
  readonly #tickets = new Set<string>();
  readonly #faults = new Map<string, Fault[]>();
  #now: () => number;
  readonly #methods: Readonly<Record<string, (args: Arguments) => Answer>>;
  readonly #server: Server;

  private constructor(settings: StandInSettings) {
    this.token = settings.token ?? 'xoxb-stand-in';
    this.signingSecret = settings.signingSecret ?? 'stand-in-signing-secret';
    this.#now = settings.now ?? Date.now;
    this.#scopes = new Set(settings.scopes ?? ALL_SCOPES);
    this.#methods = {
      ...createMethods(this.store, () => this.#now()),
      ...fileMethods(
        this.store,
        (id) => `${this.#address}/upload/${id}`,
        () => settings.looksUntilReady ?? 2,
      ),
    };
    this.people = new People(this.store, {
      signingSecret: this.signingSecret,
      now: () => this.#now(),
      responseUrl: (id) => `${this.#address}/response/${id}`,
    });
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.#server.on('upgrade', (request: IncomingMessage, stream: Duplex) => this.#connect(request, stream));
  }

  static async start(settings: StandInSettings = {}): Promise<SlackStandIn> {
    const standIn = new SlackStandIn(settings);
    await new Promise<void>((resolve) => standIn.#server.listen(0, '127.0.0.1', resolve));
    return standIn;
  }

  /** For the client's `slackApiUrl`. */
  get apiUrl(): string {
    return `${this.#address}/api/`;
  }

  /** Where another process tells what time it is, in epoch ms; the clock stands still until it does again. */
  get clockUrl(): string {
    return `${this.#address}/clock`;
  }

  clock(): number {
    return this.#now();
  }

  setClock(now: number): void {
    this.#now = () => now;
  }

  /** Tells of what a person does over the newest socket; answers the envelope's id. Throws when none is open. */
  tell(deed: Deed): string {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error('nobody has connected');
    const envelope_id = this.store.nextId('E');
    const type = { interactions: 'interactive', commands: 'slash_commands', events: 'events_api' }[
      deed.path.slice('/slack/'.length) as 'interactions' | 'commands' | 'events'
    ];
    socket.send({
      envelope_id,
      type,
      payload: deed.payload,
      accepts_response_payload: type !== 'events_api',
    });
    return envelope_id;
  }

  /** Takes what comes back with a request of Slack's own. Throws where Slack would show the person that it did not work. */
  take(answer: unknown): void {
    const problems = validateAnswer(answer);
    if (problems.length > 0) throw new Error(`Slack does not take the answer: ${problems.join('; ')}`);
  }

  async stop(): Promise<void> {
    for (const socket of [...this.sockets]) socket.cut();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  addChannel(channel: { id: string; name: string; member?: boolean; users?: string[] }): StoredChannel {
    return this.store.addChannel(channel);
  }

  /** The channel of a name. Throws when there is none. */
  channel(name: string): StoredChannel {
    const channel = this.store.find(name, 'id_or_name');
    if (channel === undefined) throw new Error(`no channel ${name}`);
    return channel;
  }

  /** Makes the next call of a method go wrong; several faults come one after another. */
  failNext(method: string, fault: Fault): void {
    this.#faults.set(method, [...(this.#faults.get(method) ?? []), fault]);
  }

  get #address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = await bodyOf(request);
    const body = bytes.toString('utf8');
    const path = request.url ?? '';
    if (path.startsWith('/upload/')) {
      await this.#upload(path.slice('/upload/'.length), request, bytes, response);
      return;
    }
    if (path.startsWith('/response/')) {
      const answer: unknown = JSON.parse(body);
      const problems = validateAnswer(answer);
      if (problems.length === 0) this.responses.push(answer);
      send(response, problems.length === 0 ? 200 : 400, { ok: problems.length === 0, errors: problems });
      return;
    }
    if (path === '/clock') {
      this.setClock(Number(body));
      send(response, 200, { ok: true });
      return;
    }
    const method = path.replace(/^\/api\//, '');
    this.calls.push(method);
    const fault = this.#faults.get(method)?.shift() ?? this.disturb?.(method) ?? null;
    if (fault !== null) {
      const answer = isCarriedOut(fault) ? this.#answer(method, request, body) : {};
      fail(fault, answer, request, response);
      return;
    }
    send(response, 200, this.#answer(method, request, body));
  }

  /** A socket that was announced is taken once; Slack says hello on it. */
  #connect(request: IncomingMessage, stream: Duplex): void {
    const ticket = /^\/socket\/(\w+)/.exec(request.url ?? '')?.[1] ?? '';
    if (!this.#tickets.delete(ticket)) {
      stream.end('HTTP/1.1 404 Not Found\r\n\r\n');
      return;
    }
    const socket = new ServerSocket(request, stream);
    this.sockets.push(socket);
    socket.onText = (text) => {
      const acknowledged = JSON.parse(text) as Acknowledged;
      this.take(acknowledged.payload ?? {});
      this.acknowledged.push(acknowledged);
    };
    socket.onClose = () => this.sockets.splice(this.sockets.indexOf(socket), 1);
    socket.send({ type: 'hello', num_connections: this.sockets.length });
  }

  #openConnection(token: string | undefined): object {
    if (token === undefined) return { ok: false, error: 'not_authed' };
    if (token !== this.appToken)
      return { ok: false, error: token === this.token ? 'not_allowed_token_type' : 'invalid_auth' };
    const ticket = this.store.nextId('T');
    this.#tickets.add(ticket);
    return { ok: true, url: `${this.#address.replace('http', 'ws')}/socket/${ticket}` };
  }

  /** The second of an upload's calls: the bytes, as many as were announced, bare or as the file of a form. */
  async #upload(id: string, request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
    this.calls.push('upload');
    const file = this.store.file(id);
    const bytes = await fileOf(body, request.headers['content-type'] ?? '');
    if (file === undefined || bytes.length !== file.length) {
      response.writeHead(400).end('the upload is not as it was announced');
      return;
    }
    file.bytes = bytes;
    response.writeHead(200).end(`OK - ${bytes.length}`);
  }

  #answer(method: string, request: IncomingMessage, body: string): object {
    const args = argumentsOf(request, body);
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? args.token;
    if (method === 'apps.connections.open') return this.#openConnection(token);
    if (token === undefined) return { ok: false, error: 'not_authed' };
    if (token !== this.token) return { ok: false, error: 'invalid_auth' };
    const carryOut = this.#methods[method];
    if (carryOut === undefined) return { ok: false, error: 'unknown_method', req_method: method };
    const scopes = SCOPES[method];
    if (scopes === undefined) throw new Error(`the scopes of ${method} are not known`);
    const needed = scopes.filter((scope) => !this.#scopes.has(scope));
    if (needed.length > 0)
      return {
        ok: false,
        error: 'missing_scope',
        needed: needed.join(','),
        provided: [...this.#scopes].join(','),
      };
    try {
      return carryOut(args);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { messages } = error;
      return {
        ok: false,
        error: error.error,
        ...(messages.length > 0 ? { errors: messages, response_metadata: { messages } } : {}),
      };
    }
  }
}

function isCarriedOut(fault: Fault): boolean {
  switch (fault.kind) {
    case 'silence':
      return true;
    case 'disconnect':
      return fault.carriedOut;
    case 'interrupt':
      return fault.when !== 'before';
    default:
      return false;
  }
}

function fail(fault: Fault, answer: object, request: IncomingMessage, response: ServerResponse): void {
  switch (fault.kind) {
    case 'interrupt':
      if (fault.when === 'answered') send(response, 200, answer);
      fault.act();
      if (fault.when !== 'answered') request.socket.destroy();
      return;
    case 'ratelimited':
      response.setHeader('Retry-After', String(fault.retryAfter));
      send(response, 429, { ok: false, error: 'ratelimited' });
      return;
    case 'error':
      send(response, 200, { ok: false, error: fault.error });
      return;
    case 'status':
      response.writeHead(fault.status, { 'Content-Type': 'text/html' }).end('<html>Sorry</html>');
      return;
    case 'disconnect':
      request.socket.destroy();
      return;
    case 'silence':
      return;
  }
}

function argumentsOf(request: IncomingMessage, body: string): Arguments {
  if (!request.headers['content-type']?.startsWith('application/json'))
    return Object.fromEntries(new URLSearchParams(body));
  const json = JSON.parse(body) as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [
      name,
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]),
  );
}

async function fileOf(body: Buffer, type: string): Promise<Buffer> {
  if (!type.startsWith('multipart/form-data')) return body;
  const form = await new Response(body, { headers: { 'content-type': type } }).formData();
  for (const [, part] of form) if (typeof part !== 'string') return Buffer.from(await part.arrayBuffer());
  return Buffer.alloc(0);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}
