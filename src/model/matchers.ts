/** What an alert can be matched by: `metric`, `severity`, `owner`, `direction`, its ids and its slice's dimensions. */
export type Labels = Readonly<Record<string, string>>;

/** One label's condition: it is one of these, none of these, or begins with one of these. */
export type LabelMatcher =
  | readonly string[]
  | { not: readonly string[] }
  | {
      prefix: readonly string[];
    };

/** Conditions by label, all of which must hold; none match everything. There are no patterns that could run for ever. */
export type Matchers = Readonly<Record<string, LabelMatcher>>;

/** True when the labels meet every condition. A label that is not there is the empty word, which `not` is content with. */
export function matches(matchers: Matchers, labels: Labels): boolean {
  return Object.entries(matchers).every(([name, matcher]) =>
    matchesLabel(matcher, (Object.hasOwn(labels, name) ? labels[name] : undefined) ?? ''),
  );
}

function matchesLabel(matcher: LabelMatcher, value: string): boolean {
  if ('not' in matcher) return !matcher.not.includes(value);
  if ('prefix' in matcher) return matcher.prefix.some((prefix) => value.startsWith(prefix));
  return matcher.includes(value);
}
