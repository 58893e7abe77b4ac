import type { Redress } from './app.js';
import { displayFor } from './display.js';
import { buildDigest } from './followups/digest.js';
import type { DigestRequest, WrittenDigest } from './http/ports.js';
import type { Instant } from './model/clock.js';
import { digestBlocks, digestMarkdown } from './notify/digest-message.js';

/** Builds a digest of what is known and writes it for people, in their owner's time zone. */
export function writeDigest(
  { until, lasting, owner, timezone }: DigestRequest,
  { configuration, alerts, followUps }: Pick<Redress, 'configuration' | 'alerts' | 'followUps'>,
  now: Instant,
): WrittenDigest {
  const { owners } = configuration;
  const to = until ?? now;
  const digest = buildDigest(
    { followUps: followUps.followUps(), alerts: alerts.alerts() },
    { from: lasting(to), to, owner },
  );
  const context = {
    timezone: timezone ?? owners.find(({ id }) => id === owner)?.timezone ?? 'UTC',
    displayOf: (id: string) => displayFor(configuration, id),
  };
  return { digest, markdown: digestMarkdown(digest, context), blocks: digestBlocks(digest, context) };
}
