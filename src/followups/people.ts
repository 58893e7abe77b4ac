import type { Target } from '../model/alert.js';
import type { Owner } from '../model/owner.js';
import { WorkDays } from './work-days.js';

/** The owners and leads of the configuration, by their ids. */
export class People {
  readonly #owners: ReadonlyMap<string, Owner>;
  readonly #days = new Map<string, WorkDays>();

  constructor(owners: readonly Owner[]) {
    this.#owners = new Map(owners.map((owner) => [owner.id, owner]));
  }

  all(): readonly Owner[] {
    return [...this.#owners.values()];
  }

  get(id: string): Owner | undefined {
    return this.#owners.get(id);
  }

  /** The id of the one whom an owner's overdue work climbs to; empty for nobody. */
  leadOf(id: string): string {
    const lead = this.#owners.get(id)?.lead ?? '';
    return this.#owners.has(lead) ? lead : '';
  }

  /** A person's work days; Monday to Friday in UTC for somebody who is not known. */
  daysOf(id: string): WorkDays {
    const known = this.#days.get(id);
    if (known !== undefined) return known;
    const days = new WorkDays(this.#owners.get(id));
    this.#days.set(id, days);
    return days;
  }

  /** A person is reached by a direct message, if it is known who they are there. */
  targetsOf(id: string): readonly Target[] {
    const slack = this.#owners.get(id)?.slack ?? '';
    return slack === '' ? [] : [`slack:${slack}`];
  }
}
