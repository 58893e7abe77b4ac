import { checkDuplicates, checkName, type Known } from './check-names.js';
import { didYouMean } from './did-you-mean.js';
import type { Problem } from './problems.js';
import { listWords } from './schema-check.js';
import { isRecord, itemsOf, type SettingPath, type YamlSource } from './yaml-source.js';

const SEVERITIES = ['info', 'warning', 'critical'];
const STANDING_LABELS = ['metric', 'severity', 'owner', 'direction'];

/** Names in `escalation.yaml` that must be defined, and routes that are never reached or leave some alerts to nobody. */
export function checkEscalation(
  source: YamlSource,
  escalation: Record<string, unknown>,
  dimensions: readonly string[],
  known: Known,
): Problem[] {
  const checker = new EscalationChecker(source, dimensions, {
    ...known,
    schedules: itemsOf(escalation.schedules).flatMap((it) =>
      isRecord(it) && typeof it.id === 'string' ? [it.id] : [],
    ),
  });
  return [
    ...checkDuplicates(source, ['policies'], escalation.policies),
    ...checker.policies(escalation.policies),
    ...checker.routes(['routes'], escalation.routes, { hasPolicy: false, isTop: true }),
    ...checkDuplicates(source, ['schedules'], escalation.schedules),
    ...checker.schedules(escalation.schedules),
    ...checker.inhibitions(escalation.inhibit),
  ];
}

class EscalationChecker {
  readonly #source: YamlSource;
  readonly #dimensions: readonly string[];
  readonly #known: Known & { schedules: readonly string[] };

  constructor(
    source: YamlSource,
    dimensions: readonly string[],
    known: Known & { schedules: readonly string[] },
  ) {
    this.#source = source;
    this.#dimensions = dimensions;
    this.#known = known;
  }

  policies(policies: unknown): Problem[] {
    return itemsOf(policies).flatMap((policy, index) =>
      itemsOf(isRecord(policy) ? policy.steps : []).flatMap((step, position) =>
        this.#targets(['policies', index, 'steps', position, 'tell'], isRecord(step) ? step.tell : []),
      ),
    );
  }

  routes(path: SettingPath, routes: unknown, above: { hasPolicy: boolean; isTop: boolean }): Problem[] {
    const items = itemsOf(routes);
    return items.flatMap((route, index) => {
      if (!isRecord(route)) return [];
      const place: SettingPath = [...path, index];
      const match = isRecord(route.match) ? route.match : {};
      const isLast = index === items.length - 1;
      const hasPolicy = above.hasPolicy || route.policy !== undefined;
      const problems = checkName(
        this.#source,
        [...place, 'policy'],
        route.policy,
        'policy',
        this.#known.policies,
      );
      if (!hasPolicy)
        problems.push(this.#source.problem(place, 'names no policy, and no route above it does'));
      if (Object.keys(match).length === 0 && !isLast && route.continue !== true)
        problems.push(
          this.#source.problem(place, 'matches everything, so the routes after it are never used'),
        );
      if (Object.keys(match).length > 0 && isLast && above.isTop) {
        const message =
          'is the last route and must match everything, or some alerts would go to nobody; add one without match';
        problems.push(this.#source.problem(place, message));
      }
      return [
        ...problems,
        ...this.#matchers([...place, 'match'], match),
        ...this.#labels([...place, 'group_by'], route.group_by),
        ...this.#targets([...place, 'fallback'], route.fallback),
        ...this.routes([...place, 'routes'], route.routes, { hasPolicy, isTop: false }),
      ];
    });
  }

  schedules(schedules: unknown): Problem[] {
    const { owners } = this.#known;
    return itemsOf(schedules).flatMap((schedule, index) => {
      if (!isRecord(schedule)) return [];
      const place: SettingPath = ['schedules', index];
      const turns = itemsOf(schedule.rotation).flatMap((owner, turn) =>
        checkName(this.#source, [...place, 'rotation', turn], owner, 'owner', owners),
      );
      const overrides = itemsOf(schedule.overrides).flatMap((override, turn) => {
        if (!isRecord(override)) return [];
        const path: SettingPath = [...place, 'overrides', turn];
        const backwards = Date.parse(String(override.to)) <= Date.parse(String(override.from));
        return [
          ...checkName(this.#source, [...path, 'owner'], override.owner, 'owner', owners),
          ...(backwards ? [this.#source.problem([...path, 'to'], 'must be later than from')] : []),
        ];
      });
      return [...turns, ...overrides];
    });
  }

  inhibitions(rules: unknown): Problem[] {
    return itemsOf(rules).flatMap((rule, index) => {
      if (!isRecord(rule)) return [];
      return [
        ...this.#matchers(['inhibit', index, 'source'], rule.source),
        ...this.#matchers(['inhibit', index, 'target'], rule.target),
        ...this.#labels(['inhibit', index, 'equal'], rule.equal),
      ];
    });
  }

  #targets(path: SettingPath, targets: unknown): Problem[] {
    const named = [
      ['webhook', this.#known.webhooks],
      ['schedule', this.#known.schedules],
    ] as const;
    return itemsOf(targets).flatMap((target, item) => {
      if (typeof target !== 'string') return [];
      return named.flatMap(([scheme, known]) =>
        target.startsWith(`${scheme}:`)
          ? checkName(this.#source, [...path, item], target.slice(scheme.length + 1), scheme, known)
          : [],
      );
    });
  }

  #labels(path: SettingPath, labels: unknown): Problem[] {
    return itemsOf(labels).flatMap((label, index) =>
      typeof label === 'string' ? this.#label([...path, index], label) : [],
    );
  }

  #matchers(path: SettingPath, match: unknown): Problem[] {
    if (!isRecord(match)) return [];
    return Object.entries(match).flatMap(([label, matcher]) => {
      const place: SettingPath = [...path, label];
      if (isRecord(matcher)) return this.#label(place, label, 'key');
      const words = this.#wordsOf(label);
      if (words === undefined) return this.#label(place, label, 'key');
      return (Array.isArray(matcher) ? matcher : [matcher]).flatMap((value, index) =>
        checkName(this.#source, Array.isArray(matcher) ? [...place, index] : place, value, label, words),
      );
    });
  }

  /** The values that a label can have, null where they are not known, undefined where it can have any. */
  #wordsOf(label: string): readonly string[] | null | undefined {
    if (label === 'metric')
      return this.#known.metrics === null ? null : [...this.#known.metrics, 'data_health'];
    if (label === 'severity') return SEVERITIES;
    return label === 'owner' ? this.#known.owners : undefined;
  }

  #label(path: SettingPath, label: string, at?: 'key'): Problem[] {
    const labels = [...STANDING_LABELS, ...this.#dimensions];
    // A source that is quiet and a target that fails are slices of their own kind.
    if (this.#known.metrics === null || [...labels, 'source', 'target'].includes(label)) return [];
    const message = `no metric is sliced by '${label}'${didYouMean(label, labels)}; ${listWords(labels)} can be matched`;
    return [this.#source.problem(path, message, at)];
  }
}
