import type { FlappingRule } from '../model/alert.js';
import type { Instant } from '../model/clock.js';
import type { AlertRecord } from './record.js';

/**
 * One more turn: the alert has just fired, fired again or resolved. While it flaps people hear nothing of its turns,
 * until it has kept still for the rule's whole span.
 */
export function afterTurn(
  before: Pick<AlertRecord, 'turns' | 'flapping' | 'noticeAt'>,
  rule: FlappingRule | null | undefined,
  now: Instant,
): Pick<AlertRecord, 'turns' | 'flapping' | 'noticeAt'> {
  const { turns: earlier, flapping: restless, noticeAt } = before;
  if (rule === null || rule === undefined) return { turns: earlier, flapping: restless, noticeAt };
  const turns = [...earlier.filter((turn) => turn > now - rule.within), now].slice(-rule.changes);
  const flapping = restless || turns.length >= rule.changes;
  return { turns, flapping, noticeAt: flapping ? now + rule.within : noticeAt };
}
