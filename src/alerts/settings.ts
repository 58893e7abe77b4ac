import type { EscalationPolicy, FlappingRule, InhibitionRule, Route } from '../model/alert.js';
import type { Annotation } from '../model/annotation.js';
import type { DeliveryRule } from '../model/delivery.js';
import type { Owner } from '../model/owner.js';
import type { Schedule } from '../model/schedule.js';

/** What the desk decides by, as the configuration has it; what is absent is not asked for. */
export interface AlertSettings {
  policies: readonly EscalationPolicy[];
  routes: readonly Route[];
  owners?: readonly Owner[] | undefined;
  schedules?: readonly Schedule[] | undefined;
  inhibit?: readonly InhibitionRule[] | undefined;
  flapping?: FlappingRule | null | undefined;
  /** Alerts that began within so many ms of each other are one incident if their analyses name the same cause. */
  sameCauseWithin?: number | null | undefined;
  /** How long targets that cannot be reached are tried. */
  deliveries?: DeliveryRule | undefined;
  /** A silence that has muted nothing for so long is reported, in ms. */
  silenceIdleAfter?: number | undefined;
  /** Those that mute are silences. */
  annotations?: readonly Annotation[] | undefined;
}
