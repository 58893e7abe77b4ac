import type { Configuration } from '../config/configuration.js';
import { buildDigest } from '../followups/digest.js';
import { DigestDesk } from '../followups/digest-desk.js';
import type { DigestRequest, WrittenDigest } from '../http/ports.js';
import type { Instant } from '../model/clock.js';
import { digestBlocks, digestMarkdown } from '../notify/digest-message.js';
import type { Redress } from '../redress.js';
import { displayFor } from './display.js';

type Known = Pick<Redress, 'alerts' | 'followUps'>;

/** Who gets a weekly digest and when; an owner gets none of a week in which nothing was theirs. */
export function digestDesk(
  { digest }: Pick<Configuration, 'digest'>,
  { alerts, followUps }: Known,
): DigestDesk {
  return new DigestDesk(digest, (period) => {
    const {
      opened,
      verified,
      reopened,
      overdue,
      ageing,
      alerts: fired,
    } = buildDigest({ followUps: followUps.followUps(), alerts: alerts.alerts() }, period);
    return [opened, verified, reopened, overdue, ageing, fired].some((part) => part.length > 0);
  });
}

/** Builds a digest of what is known and writes it for people, in their owner's time zone. */
export function writeDigest(
  { until, lasting, owner, timezone }: DigestRequest,
  { configuration, alerts, followUps }: Known & Pick<Redress, 'configuration'>,
  now: Instant,
): WrittenDigest {
  const to = until ?? now;
  const digest = buildDigest(
    { followUps: followUps.followUps(), alerts: alerts.alerts() },
    { from: lasting(to), to, owner },
  );
  const context = {
    timezone: timezone ?? configuration.owners.find(({ id }) => id === owner)?.timezone ?? 'UTC',
    displayOf: (id: string) => displayFor(configuration, id),
  };
  return { digest, markdown: digestMarkdown(digest, context), blocks: digestBlocks(digest, context) };
}
