import { isDeepStrictEqual } from 'node:util';
import { orphansOf } from '../alerts/orphans.js';
import type { Configuration } from '../config/configuration.js';
import type { LoadedConfiguration } from '../config/load.js';
import type { Problem } from '../config/problems.js';
import type { ReloadAnswer } from '../http/ports.js';
import { messageOf, RedressError } from '../model/errors.js';
import type { OpenStore } from '../store/open-store.js';
import { applyRetention } from '../store/retention.js';
import { type RunningService, type ServiceSurroundings, startService } from './service.js';
import { endWithin } from './stopping.js';

/**
 * A service that takes a new configuration without letting go of its store. Taking it is a restart inside the
 * process: what must survive is in the journal, so nothing is lost or sent again, and there is no second way in which
 * settings take effect. A configuration that is wrong is refused whole; one that cannot be started gives way to
 * the one before.
 */
export class ReloadableService {
  readonly #open: OpenStore;
  readonly #surroundings: ServiceSurroundings;
  readonly #load: () => Promise<LoadedConfiguration>;
  #configuration: Configuration;
  #service: RunningService | null = null;
  /** One start or end after the other. */
  #turn: Promise<void> = Promise.resolve();
  /** Resolves with the reason when neither the new configuration nor the one before could be started. */
  readonly failed: Promise<string>;
  #fail: (reason: string) => void = () => {};

  /** @param load reads the configuration again, from where it was read first. */
  constructor(
    configuration: Configuration,
    open: OpenStore,
    surroundings: Omit<ServiceSurroundings, 'reload'>,
    load: () => Promise<LoadedConfiguration>,
  ) {
    this.#configuration = configuration;
    this.#open = open;
    this.#surroundings = { ...surroundings, reload: () => this.reload() };
    this.#load = load;
    this.failed = new Promise((resolve) => {
      this.#fail = resolve;
    });
  }

  /** Starts for the first time; answers where it listens. */
  async start(): Promise<string> {
    await applyRetention(this.#open.store, this.#configuration.service.retention);
    this.#service = await startService(this.#configuration, this.#open, this.#surroundings);
    return this.#service.address;
  }

  /**
   * Reads the configuration and answers what is to come of it; the change itself comes after the answer. Throws
   * `store_unavailable` while the store does not answer: whoever is stopped then could not be started again.
   */
  async reload(): Promise<ReloadAnswer> {
    const loaded = await this.#load();
    if (!loaded.ok) return { outcome: 'refused', problems: loaded.problems };
    const { configuration, warnings } = loaded;
    if (!isDeepStrictEqual(configuration.service.clickhouse, this.#configuration.service.clickhouse))
      return { outcome: 'refused', problems: [otherStore(configuration)] };
    if (!(await this.#open.store.ping())) {
      const message = 'the store does not answer; the old configuration goes on';
      throw new RedressError('store_unavailable', message, { retryable: true });
    }
    const orphans = orphansOf(this.#service?.alerts() ?? [], configuration.metrics);
    this.#inTurn(() => this.#replace(configuration));
    return { outcome: 'taken', warnings, orphans };
  }

  /** Ends, when what is being changed has been changed; answers what was not finished in the time given, ms. */
  async stop(patience: number): Promise<string[]> {
    let late: string[] = [];
    this.#inTurn(async () => {
      late = (await this.#service?.stop(patience)) ?? [];
    });
    const changed = await endWithin(patience, [['a change of the configuration', () => this.#turn]]);
    return [...late, ...changed];
  }

  async #replace(configuration: Configuration): Promise<void> {
    const { log } = this.#surroundings;
    await this.#service?.stop();
    this.#service = null;
    try {
      await applyRetention(this.#open.store, configuration.service.retention);
      this.#service = await startService(configuration, this.#open, this.#surroundings);
      this.#configuration = configuration;
      log.info({ folder: configuration.folder }, 'the new configuration is in effect');
    } catch (error) {
      log.error({ reason: messageOf(error) }, 'the new configuration cannot be started; the old one goes on');
      this.#service = await startService(this.#configuration, this.#open, this.#surroundings);
    }
  }

  #inTurn(work: () => Promise<void>): void {
    this.#turn = this.#turn.then(work).catch((error: unknown) => {
      this.#surroundings.log.fatal({ err: error }, 'the service could not be started again');
      this.#fail(messageOf(error));
    });
  }
}

/** The store is opened once, for as long as the process lasts. */
function otherStore({ folder }: Configuration): Problem {
  const message = 'the store is another one: that wants a restart of the process';
  return { file: `${folder}/redress.yaml`, line: 1, column: 1, path: 'clickhouse', message };
}
