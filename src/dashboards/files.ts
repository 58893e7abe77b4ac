import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { overview } from './overview.js';
import { DASHBOARDS_YAML, DATASOURCE_YAML } from './provisioning.js';

export interface DashboardFile {
  /** Relative to the folder that they are written to. */
  path: string;
  content: string;
}

/** Grafana's dashboards and the files that provision them. */
export function dashboardFiles(): DashboardFile[] {
  return [
    { path: `${overview.uid}.json`, content: `${JSON.stringify(overview, null, 2)}\n` },
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
