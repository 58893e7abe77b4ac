import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: what a stand-in is sent is for it to look through.
  body: any;
}

export interface Answered {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** What goes wrong with the next request: an answer in the place of the real one, or no answer after it was done. */
export type Fault = Answered | 'silence';

/** A server that answers REST calls as one function says, and can be told to fail. */
export class RestStandIn {
  readonly calls: string[] = [];
  readonly #faults: Fault[] = [];
  readonly #server: Server;

  private constructor(answer: (asked: Asked) => Answered) {
    this.#server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', () => {
        const url = new URL(request.url ?? '/', 'http://stand-in');
        const method = request.method ?? 'GET';
        this.calls.push(`${method} ${url.pathname}`);
        const fault = this.#faults.shift();
        const body = text === '' ? undefined : JSON.parse(text);
        const asked = { method, path: url.pathname, query: url.searchParams, headers: request.headers, body };
        const given = fault === undefined || fault === 'silence' ? answer(asked) : fault;
        if (fault === 'silence') return;
        response.writeHead(given.status, { 'content-type': 'application/json', ...given.headers });
        response.end(given.body === undefined ? '' : JSON.stringify(given.body));
      });
    });
  }

  static async start(answer: (asked: Asked) => Answered): Promise<RestStandIn> {
    const standIn = new RestStandIn(answer);
    await new Promise<void>((resolve) => standIn.#server.listen(0, '127.0.0.1', resolve));
    return standIn;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  failNext(fault: Fault): void {
    this.#faults.push(fault);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
