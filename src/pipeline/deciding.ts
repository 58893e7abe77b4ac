import { builtinDetectors } from '../../detectors/index.js';
import { AlertDesk } from '../alerts/desk.js';
import type { Configuration } from '../config/configuration.js';
import { Calendar } from '../detection/calendar.js';
import { Judging, type ReportFault } from '../detection/judging.js';
import { FollowUpDesk } from '../followups/desk.js';
import type { DigestDesk } from '../followups/digest-desk.js';
import { digestDesk } from '../messages/digest.js';
import type { SavedJudge } from '../model/judge-state.js';

/** The parts that decide. None of them reads or writes anything: what they know is what they are given. */
export interface Deciders {
  judging: Judging;
  alerts: AlertDesk;
  followUps: FollowUpDesk;
  digests: DigestDesk;
}

/**
 * Makes the deciding parts as a configuration wants them. The service, a replay and a backtest all have theirs
 * from here, so that none of them decides in a way of its own.
 */
export function createDeciders(
  configuration: Configuration,
  options: {
    /** The judges' states to go on from. */
    saved: readonly SavedJudge[];
    /** How far back restated points can be judged again, ms. */
    restateHorizon: number;
    reportFault: ReportFault;
  },
): Deciders {
  const { annotations } = configuration;
  // Without a token nobody can be told on Slack by name; asking would only fail.
  const owners =
    configuration.service.slack === null
      ? configuration.owners.map((owner) => ({ ...owner, slack: '' }))
      : configuration.owners;
  const alerts = new AlertDesk({ ...configuration, owners });
  const followUps = new FollowUpDesk({ owners, settings: configuration.followUps });
  return {
    judging: new Judging({
      detectors: [...builtinDetectors, ...(configuration.plugIns ?? [])],
      calendar: new Calendar(annotations, configuration.holidaysOf),
      ...options,
    }),
    alerts,
    followUps,
    digests: digestDesk(configuration, { alerts, followUps }),
  };
}
