import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { alertsDashboard } from './alerts.js';
import { followUpsDashboard } from './follow-ups.js';
import type { Dashboard } from './grafana.js';
import { metric } from './metric.js';
import { overview } from './overview.js';
import { pipeline } from './pipeline.js';
import { PROMETHEUS_RULES_YAML } from './prometheus-rules.js';
import { DASHBOARDS_YAML, DATASOURCE_YAML } from './provisioning.js';

export interface DashboardFile {
  /** Relative to the folder that they are written to. */
  path: string;
  content: string;
}

/** Every dashboard, in the order in which a reader meets them. */
export const dashboards: readonly Dashboard[] = [
  overview,
  metric,
  alertsDashboard,
  followUpsDashboard,
  pipeline,
];

/** Grafana's dashboards and the files that provision them. */
export function dashboardFiles(): DashboardFile[] {
  return [
    ...dashboards.map((dashboard) => ({
      path: `${dashboard.uid}.json`,
      content: `${JSON.stringify(dashboard, null, 2)}\n`,
    })),
    { path: 'prometheus-rules.yaml', content: PROMETHEUS_RULES_YAML },
    { path: 'provisioning/datasources/redress.yaml', content: DATASOURCE_YAML },
    { path: 'provisioning/dashboards/redress.yaml', content: DASHBOARDS_YAML },
  ];
}

/** Writes them below a folder, over what is there; answers their paths. */
export async function writeDashboards(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for (const file of dashboardFiles()) {
    const path = join(folder, file.path);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, file.content);
    paths.push(path);
  }
  return paths;
}
