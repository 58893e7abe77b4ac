import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What becomes of a call: it passes, is refused, or is carried out and its answer lost. */
export type Fate = 'pass' | 'refuse' | 'lose_answer';

/** Stands between the service and its store, so that a test can break what the network may break. */
export class StoreProxy {
  /** While true nothing gets through. */
  away = false;
  /** While true calls are taken and never answered. */
  hangs = false;
  /** What becomes of the next inserts into the journal, one after the other; those after them pass. */
  journal: Fate[] = [];
  readonly #target: string;
  readonly #server: Server;

  private constructor(target: string) {
    this.#target = target;
    this.#server = createServer((incoming, answer) => this.#pass(incoming, answer));
  }

  static async start(target: string): Promise<StoreProxy> {
    const proxy = new StoreProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #pass(incoming: IncomingMessage, answer: ServerResponse): void {
    if (this.hangs) return;
    const insertsJournal = /insert\+into\+journal\b/i.test((incoming.url ?? '').replaceAll('%20', '+'));
    const fate = this.away ? 'refuse' : insertsJournal ? (this.journal.shift() ?? 'pass') : 'pass';
    if (fate === 'refuse') {
      incoming.socket.destroy();
      return;
    }
    const { method = 'GET', url = '/', headers } = incoming;
    const outgoing = request(this.#target + url, { method, headers }, (reply) => {
      if (fate === 'lose_answer') {
        reply.resume().once('end', () => incoming.socket.destroy());
        return;
      }
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(answer);
    });
    outgoing.once('error', () => incoming.socket.destroy());
    incoming.pipe(outgoing);
  }
}
