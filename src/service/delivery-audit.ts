import { type AuditMismatch, audit } from '../alerts/audit.js';
import { DAY, HOUR, type Instant, MINUTE } from '../model/clock.js';
import type { Redress } from '../redress.js';

const INTERVAL = 10 * MINUTE;
/** How far back is looked, and how long before that versions are read to compare the first ones with. */
const LOOKED_BACK = DAY;
const BEFORE = DAY;
/** A delivery that is due for longer should have been tried. */
const PATIENCE = HOUR;

/**
 * Now and then recomputes from the stored log what people should have been told, and compares it with what is recorded:
 * what does not add up is an alert of its own. It reads what was written and not what is in memory, so that it
 * also finds what memory is wrong about.
 */
export class DeliveryAudit {
  readonly #report: (found: readonly AuditMismatch[]) => void;
  #last: Instant | null = null;

  constructor(report: (found: readonly AuditMismatch[]) => void) {
    this.#report = report;
  }

  /** Looks if it is time to; what it finds is written by way of the alerts. */
  async look(
    { alerts, journal, append }: Pick<Redress, 'alerts' | 'journal' | 'append'>,
    now: Instant,
  ): Promise<void> {
    if (this.#last !== null && now - this.#last < INTERVAL) return;
    this.#last = now;
    const since = now - LOOKED_BACK;
    const found = audit(await journal.since(since - BEFORE), { since, now, patience: PATIENCE });
    this.#report(found);
    await append(alerts.audited(found, now));
  }
}
