import type { Alert, EscalationStep, Target } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import type { Severity } from '../model/metric.js';
import type { Owner } from '../model/owner.js';
import type { Schedule } from '../model/schedule.js';
import { onCallAt } from './on-call.js';
import { nextWorkMoment } from './work-hours.js';

const SCHEDULE = 'schedule:';

/** Knows who people are: turns a policy's words into targets that messages can be sent to. */
export class Directory {
  readonly #owners: ReadonlyMap<string, Owner>;
  readonly #schedules: ReadonlyMap<string, Schedule>;

  constructor(owners: readonly Owner[], schedules: readonly Schedule[]) {
    this.#owners = new Map(owners.map((owner) => [owner.id, owner]));
    this.#schedules = new Map(schedules.map((schedule) => [schedule.id, schedule]));
  }

  knows(ownerId: string): boolean {
    return this.#owners.has(ownerId);
  }

  /** Where messages about an alert of this owner go at a moment; who cannot be reached is left out. */
  reach(targets: readonly Target[], ownerId: Alert['owner'], now: Instant): readonly Target[] {
    const reached = targets.flatMap((target) => {
      if (target === 'owner') return this.person(ownerId);
      if (target === 'owner_lead') return this.person(this.#owners.get(ownerId)?.lead ?? '');
      if (!target.startsWith(SCHEDULE)) return [target];
      const schedule = this.#schedules.get(target.slice(SCHEDULE.length));
      return schedule === undefined ? [] : this.person(onCallAt(schedule, now));
    });
    return [...new Set(reached)];
  }

  /** A person's own target; none for somebody who is not known or has no address. */
  person(ownerId: string): readonly Target[] {
    const slack = this.#owners.get(ownerId)?.slack ?? '';
    return slack === '' ? [] : [`slack:${slack}`];
  }

  /** The earliest moment at which a step may be taken: now, or when the owner's work begins. */
  notBefore(step: EscalationStep | undefined, severity: Severity, ownerId: string, now: Instant): Instant {
    const waits = step?.waitsForWork?.includes(severity) ?? false;
    return waits ? nextWorkMoment(this.#owners.get(ownerId), now) : now;
  }
}
