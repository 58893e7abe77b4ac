import type { EscalationPolicy, Route } from '../model/alert.js';
import type { Owner } from '../model/owner.js';
import type { Schedule } from '../model/schedule.js';
import type { FlappingRule } from './flapping.js';
import type { InhibitionRule } from './inhibition.js';

/** What the desk decides by, as the configuration has it; what is absent is not asked for. */
export interface AlertSettings {
  policies: readonly EscalationPolicy[];
  routes: readonly Route[];
  owners?: readonly Owner[] | undefined;
  schedules?: readonly Schedule[] | undefined;
  inhibit?: readonly InhibitionRule[] | undefined;
  flapping?: FlappingRule | null | undefined;
}
