import type { Sources } from './check-references.js';
import { didYouMean } from './did-you-mean.js';
import type { Environment } from './environment.js';
import type { Problem } from './problems.js';
import { isRecord, itemsOf, type SettingPath } from './yaml-source.js';

/** Names that follow-ups, digests and trackers refer to, and the secrets that they want. */
export function checkFollowUps(
  { service, owners }: Sources,
  unreadable: ReadonlySet<keyof Sources>,
  env: Environment,
): Problem[] {
  if (service === undefined || !isRecord(service.value)) return [];
  const file = service.value;
  const section = (name: string, of: unknown = file): Record<string, unknown> => {
    const value = isRecord(of) ? of[name] : undefined;
    return isRecord(value) ? value : {};
  };
  const known: Record<string, readonly string[]> = {
    webhook: Object.keys(section('webhooks')),
    github: Object.keys(section('github', file.trackers)),
    jira: Object.keys(section('jira', file.trackers)),
  };
  const target = (path: SettingPath, value: unknown): Problem[] => {
    const [scheme = '', name = ''] = String(value).split(':', 2);
    const names = known[scheme];
    if (typeof value !== 'string' || names === undefined || names.includes(name)) return [];
    const what = scheme === 'webhook' ? 'webhook' : `${scheme} tracker`;
    return [service.problem(path, `no ${what} is called '${name}'${didYouMean(name, names)}`)];
  };
  const ids = itemsOf(owners?.value).flatMap((owner) => (isRecord(owner) ? [String(owner.id)] : []));
  return [
    ...itemsOf(section('follow_ups').tell).flatMap((it, index) => target(['follow_ups', 'tell', index], it)),
    ...itemsOf(section('digest').to).flatMap((reader, index) => {
      const path: SettingPath = ['digest', 'to', index];
      if (!isRecord(reader)) return target(path, reader);
      const owner = String(reader.owner ?? '');
      const stranger = owner !== '' && !unreadable.has('owners') && !ids.includes(owner);
      const problem = `no owner is called '${owner}'${didYouMean(owner, ids)}`;
      return [
        ...target([...path, 'target'], reader.target),
        ...(stranger ? [service.problem([...path, 'owner'], problem)] : []),
      ];
    }),
    ...['github', 'jira'].flatMap((kind) =>
      Object.entries(section(kind, file.trackers)).flatMap(([name, tracker]) =>
        ['user', 'token'].flatMap((field) => {
          const variable = section(field, tracker).env;
          if (typeof variable !== 'string' || (env[variable] ?? '') !== '') return [];
          const path: SettingPath = ['trackers', kind, name, field, 'env'];
          return [service.problem(path, `the environment variable ${variable} is not set`)];
        }),
      ),
    ),
  ];
}
