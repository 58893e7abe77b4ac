import { createHmac } from 'node:crypto';
import type { MarketplaceEvent } from '../model/event.js';
import { maskPersonalData } from '../model/personal-data.js';
import type { FieldPolicy, PrivacySettings } from '../model/privacy.js';
import type { DecodeLimits } from './decode.js';

/** Half of a SHA-256, in hexadecimal: 128 bits are more than there are people. */
const PSEUDONYM_LENGTH = 32;

/** Does to events what the settings ask; undefined when they ask nothing, which keeps the quick way open. */
function protection(settings: PrivacySettings): ((event: MarketplaceEvent) => MarketplaceEvent) | undefined {
  const { text, attributes, otherAttributes, hashKey } = settings;
  const policies = [text, otherAttributes, ...Object.values(attributes)];
  if (policies.every((policy) => policy === 'keep')) return undefined;
  const treated = (value: string, policy: FieldPolicy): string => {
    if (policy === 'keep' || value === '') return value;
    if (policy === 'drop') return '';
    if (policy === 'mask') return maskPersonalData(value);
    return createHmac('sha256', hashKey).update(value).digest('hex').slice(0, PSEUDONYM_LENGTH);
  };
  return (event) => ({
    ...event,
    text: treated(event.text, text),
    attributes: Object.fromEntries(
      Object.entries(event.attributes)
        .map(([name, value]) => [name, treated(value, attributes[name] ?? otherAttributes)] as const)
        .filter(([name, value]) => value !== '' || event.attributes[name] === ''),
    ),
  });
}

/** What a configuration asks of every input. */
export function inputLimits(settings: {
  ingest: { maxEventBytes: number };
  privacy: PrivacySettings;
}): DecodeLimits {
  return { maxEventBytes: settings.ingest.maxEventBytes, protect: protection(settings.privacy) };
}
