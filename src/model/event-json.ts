import type { MarketplaceEvent } from './event.js';
import { EVENT_FIELDS, type EventField } from './event-schema.js';

type FieldName = keyof MarketplaceEvent;
const FIELDS = Object.entries(EVENT_FIELDS) as [FieldName, EventField][];

/**
 * An event as it is on the wire: names in snake_case, instants in ISO 8601, absent fields left out. Decoding
 * the result gives the same event.
 */
export function encodeEvent(event: MarketplaceEvent): Record<string, unknown> {
  const encoded: Record<string, unknown> = {};
  for (const [field, { name, kind }] of FIELDS) {
    const value = event[field];
    if (value === null || value === '') continue;
    if (kind === 'attributes') {
      if (Object.keys(event.attributes).length > 0) encoded[name] = event.attributes;
    } else encoded[name] = kind === 'instant' ? new Date(value as number).toISOString() : value;
  }
  return encoded;
}
