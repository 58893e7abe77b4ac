import { LateEvents } from '../metrics/late-events.js';
import type { Instant } from '../model/clock.js';
import type { Redress } from '../redress.js';
import type { CheckpointTable } from '../store/checkpoint-table.js';

const LOOKED_UNTIL = 'late_events';
const UNFINISHED = 'late_events_unfinished';

/**
 * Takes late events and corrections in: their points are made again and judged again. How far it has come is in the
 * store, so that a process which ends at any moment leaves nothing half done for good.
 */
export class LateArrivals {
  readonly #redress: Redress;
  readonly #events: LateEvents;
  readonly #checkpoints: CheckpointTable;
  /** How far all has been done about what has arrived, and how far the store knows of it. */
  #done: Instant = 0;
  #writtenDown: Instant = 0;

  private constructor(redress: Redress, checkpoints: CheckpointTable, known: ReadonlyMap<string, string>) {
    const { events, maker, points, configuration } = redress;
    this.#redress = redress;
    this.#checkpoints = checkpoints;
    this.#events = new LateEvents({
      events,
      points: maker,
      stored: points,
      metrics: configuration.metrics,
      eventsKept: configuration.service.retention.events,
      lookedUntil: Number(known.get(LOOKED_UNTIL) ?? 0),
      unfinished: new Map(JSON.parse(known.get(UNFINISHED) ?? '[]') as [string, Instant][]),
      begin: (unfinished) => checkpoints.write(new Map([[UNFINISHED, JSON.stringify([...unfinished])]])),
    });
  }

  /** Goes on from where the store says that it has come to. */
  static async begin(redress: Redress, checkpoints: CheckpointTable): Promise<LateArrivals> {
    return new LateArrivals(redress, checkpoints, await checkpoints.read());
  }

  async takeIn(): Promise<void> {
    await this.#redress.judgeAgain(await this.#events.refresh(this.#redress.progress));
    this.#events.finished();
    this.#done = this.#events.lookedUntil;
  }

  /** Behind what was done about it: a process that dies between looks at the same arrivals again. */
  async writeDown(): Promise<void> {
    const done = this.#done;
    if (done === this.#writtenDown) return;
    await this.#checkpoints.write(
      new Map([
        [LOOKED_UNTIL, String(done)],
        [UNFINISHED, '[]'],
      ]),
    );
    this.#writtenDown = done;
  }
}
