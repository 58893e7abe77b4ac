import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Answer, Order } from './service.js';

/** The service in its own process, with what the soak asks of it. */
export class SoakedService {
  readonly #child: ChildProcess;
  readonly #address: string;
  readonly #clickhouse: string;

  private constructor(child: ChildProcess, { address, clickhouse }: Extract<Answer, { kind: 'listening' }>) {
    this.#child = child;
    this.#address = address;
    this.#clickhouse = clickhouse;
  }

  static async start(folder: string, start: number): Promise<SoakedService> {
    const child = fork(fileURLToPath(new URL('./service.ts', import.meta.url)), [folder, String(start)], {
      execArgv: ['--import', 'tsx', '--expose-gc'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    return new SoakedService(child, await answerOf(child, 'listening'));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Sends a body of events; answers how long it took until they were durable, ms. */
  async send(body: string): Promise<number> {
    const begun = performance.now();
    const response = await fetch(`${this.#address}/v1/events`, { method: 'POST', body });
    const { rejected } = (await response.json()) as { rejected: unknown[] };
    if (!response.ok || rejected.length > 0) throw new Error(`events were answered ${response.status}`);
    return performance.now() - begun;
  }

  /** Lets the clock jump and the service look for work; answers how long that took, ms. */
  async tick(to: number): Promise<number> {
    return (await this.#ask({ kind: 'tick', to }, 'ticked')).ms;
  }

  /** What the heap holds after garbage has been collected, MiB. */
  async heap(): Promise<number> {
    return (await this.#ask({ kind: 'collect' }, 'held')).heap;
  }

  /** Distinct events in the store, alerts that have fired, messages that went out. */
  async account(): Promise<{ stored: number; fired: number; messages: number }> {
    const { messages } = await this.#ask({ kind: 'collect' }, 'held');
    return {
      stored: await this.#count('events'),
      fired: await this.#count('alerts WHERE opened_at IS NOT NULL'),
      messages,
    };
  }

  async stop(): Promise<void> {
    const gone = once(this.#child, 'exit');
    await this.#ask({ kind: 'stop' }, 'stopped');
    await gone;
  }

  async #count(from: string): Promise<number> {
    const response = await fetch(this.#clickhouse, {
      method: 'POST',
      body: `SELECT count() FROM redress.${from}`,
    });
    return Number(await response.text());
  }

  #ask<Kind extends Answer['kind']>(order: Order, kind: Kind) {
    const answer = answerOf(this.#child, kind);
    this.#child.send(order);
    return answer;
  }
}

/** The next answer of a kind. Throws when the process ends before it. */
function answerOf<Kind extends Answer['kind']>(child: ChildProcess, kind: Kind) {
  return new Promise<Extract<Answer, { kind: Kind }>>((resolve, reject) => {
    const ended = (status: number | null) => reject(new Error(`the service ended with ${status}`));
    const look = (answer: Answer) => {
      if (answer.kind !== kind) return;
      child.off('message', look);
      child.off('exit', ended);
      resolve(answer as Extract<Answer, { kind: Kind }>);
    };
    child.on('message', look);
    child.once('exit', ended);
  });
}
