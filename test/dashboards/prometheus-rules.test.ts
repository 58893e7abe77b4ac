import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { PROMETHEUS_RULES, PROMETHEUS_RULES_YAML } from '../../src/dashboards/prometheus-rules.js';
import { ServiceMetrics } from '../../src/http/prometheus.js';

/** Prometheus makes it of its own for everything that it scrapes. */
const OF_PROMETHEUS = ['up'];

it('speaks only of figures that the service shows', async () => {
  const shown = new Set(
    [...(await new ServiceMetrics({ now: () => 0 }).text()).matchAll(/^# TYPE (\S+) (\w+)/gm)].flatMap(
      ([, name, type]) =>
        type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
    ),
  );
  for (const { alert, expr } of PROMETHEUS_RULES) {
    const names = expr.match(/\b(redress|nodejs|process)_\w+|\bup\b/g) ?? [];
    expect(names.length, alert).toBeGreaterThan(0);
    for (const name of names) expect([...OF_PROMETHEUS, ...shown], alert).toContain(name);
  }
});

it('says to an operator what it means and what to do', () => {
  expect(new Set(PROMETHEUS_RULES.map(({ alert }) => alert)).size).toBe(PROMETHEUS_RULES.length);
  for (const { annotations } of PROMETHEUS_RULES) expect(annotations.description).toMatch(/^[A-Z].+\.$/);
  expect(PROMETHEUS_RULES_YAML).toContain('alert: RedressIsDown');
});

it('has a paragraph for each in the page for operators', () => {
  const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const named = [...page.matchAll(/`(Redress[A-Z]\w+)`/g)].map(([, name]) => name);
  expect(named.sort()).toEqual(PROMETHEUS_RULES.map(({ alert }) => alert).sort());
});
