import type { Target } from '../model/alert.js';
import type { DigestReader, DigestSettings } from '../model/digest.js';
import type { FollowUpSettings } from '../model/follow-up.js';
import type { Owner } from '../model/owner.js';
import type { TrackerSettings } from './configuration.js';
import type { Environment } from './environment.js';
import type { ServiceInput } from './schema-service.js';

/** Without a token Slack cannot be reached, and the console says what would have been said there. */
function reachable(slackIsOn: boolean): (target: Target) => Target {
  return (target) => (target.startsWith('slack:') && !slackIsOn ? 'console' : target);
}

/** How follow-ups are verified, due and reminded of. */
export function resolveFollowUps(input: ServiceInput['follow_ups'], slackIsOn: boolean): FollowUpSettings {
  return {
    verifyPoints: input.verify_points,
    reopenWindow: input.reopen_window,
    guardWindow: input.guard_window,
    dueDays: input.due_days,
    openFor: input.open_for,
    tell: [...new Set(input.tell.map(reachable(slackIsOn)))],
    remindBefore: input.remind_before,
    leadAfter: input.lead_after,
  };
}

/** When the weekly digest is sent, and to whom; an owner's own is in the owner's time zone. */
export function resolveDigest(
  { day, at, timezone, to, owners: sendsToOwners }: ServiceInput['digest'],
  owners: readonly Owner[],
  slackIsOn: boolean,
): DigestSettings {
  const zoneOf = (owner: string | undefined) => owners.find(({ id }) => id === owner)?.timezone;
  const named = to.map((reader): DigestReader => {
    if (typeof reader === 'string') return { target: reachable(slackIsOn)(reader), owner: null, timezone };
    return {
      target: reachable(slackIsOn)(reader.target),
      owner: reader.owner ?? null,
      timezone: reader.timezone ?? zoneOf(reader.owner) ?? timezone,
    };
  });
  const own = owners
    .filter(({ slack }) => sendsToOwners && slackIsOn && slack !== '')
    .map(({ id, slack, timezone: zone }) => ({ target: `slack:${slack}`, owner: id, timezone: zone }));
  return { weekday: day, minute: at, readers: [...named, ...own] };
}

/** Trackers by their targets, their secrets read from the environment. */
export function resolveTrackers(input: ServiceInput['trackers'], env: Environment): TrackerSettings {
  const secret = ({ env: name }: { env: string }) => env[name] ?? '';
  return {
    github: Object.fromEntries(
      Object.entries(input.github).map(([name, { token, ...rest }]) => [
        name,
        { ...rest, token: secret(token) },
      ]),
    ),
    jira: Object.fromEntries(
      Object.entries(input.jira).map(([name, { url, project, issue_type, user, token, transitions }]) => [
        name,
        {
          ...{ url, project, issueType: issue_type, user: secret(user), token: secret(token) },
          transitions: {
            toDo: transitions.to_do ?? '',
            inProgress: transitions.in_progress ?? '',
            done: transitions.done ?? '',
          },
        },
      ]),
    ),
  };
}
