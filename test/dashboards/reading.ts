/** A day of a marketplace in a database of its own, and a way to ask it what a dashboard asks. */
import type { Dashboard } from '../../src/dashboards/grafana.js';
import type { StoreAddress } from '../../src/store/store.js';
import { testDatabase } from '../support/store.js';
import { type Answer, asSent, runReadOnly, type TimeRange, type VariableValue } from './grafana-stand-in.js';
import {
  FROM,
  type Series,
  TO,
  writeAlerts,
  writeCalendar,
  writeFollowUps,
  writeInputs,
  writeMessages,
  writeSeries,
} from './marketplace-rows.js';

const RANGE: TimeRange = { from: FROM, to: TO, intervalSeconds: 3_600 };

export type Choices = Readonly<Record<string, VariableValue>>;

const CHOICES: Choices = {
  metric: 'dispute_rate',
  slice: 'all',
  dimensions: 'all',
  detector: 'combined',
  owner: 'everybody',
  alert: 'firing',
};

export class Reading {
  readonly #address: StoreAddress;

  private constructor(address: StoreAddress) {
    this.#address = address;
  }

  /** Of a marketplace with these series beside its alerts, follow-ups, messages and inputs. */
  static async of(series: readonly Series[]): Promise<Reading> {
    const { address, store } = await testDatabase();
    await writeSeries(store, series);
    await writeAlerts(store);
    await writeFollowUps(store);
    await writeMessages(store);
    await writeInputs(store);
    await writeCalendar(store);
    await store.close();
    return new Reading(address);
  }

  static async ofNothing(): Promise<Reading> {
    const { address, store } = await testDatabase();
    await store.close();
    return new Reading(address);
  }

  ask(sql: string, choices: Choices = {}): Promise<Answer> {
    return runReadOnly(this.#address, asSent(sql, { ...CHOICES, ...choices }, RANGE));
  }

  /** The rows of a panel's queries, one after the other. */
  async shown(dashboard: Dashboard, title: string, choices?: Choices): Promise<Answer['rows']> {
    const panel = dashboard.panels.find((candidate) => candidate.title === title);
    if (panel === undefined) throw new Error(`${dashboard.title} has no panel '${title}'`);
    const answers = await Promise.all(panel.targets.map(({ rawSql }) => this.ask(rawSql, choices)));
    return answers.flatMap(({ rows }) => rows);
  }

  async marks(dashboard: Dashboard, name: string, choices?: Choices): Promise<Answer['rows']> {
    const mark = dashboard.annotations.list.find((candidate) => candidate.name.startsWith(name));
    return (await this.ask(mark?.target.rawSql ?? '', choices)).rows;
  }

  /** What a variable offers, in order. */
  async offered(dashboard: Dashboard, name: string, choices?: Choices): Promise<unknown[]> {
    const variable = dashboard.templating.list.find((candidate) => candidate.name === name);
    const { rows } = await this.ask(variable?.query ?? '', choices);
    return rows.map((row) => Object.values(row)[0]);
  }
}
