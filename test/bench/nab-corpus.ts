import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import type { LabelledSeries } from './nab-scorer.js';

/** The half of the corpus that lies beside the project, where it does. */
const FOLDER = fileURLToPath(new URL('../../../shared/data/nab/', import.meta.url));

export interface NabSeries extends LabelledSeries {
  name: string;
  /** Epoch milliseconds, in the order of the file. */
  times: readonly number[];
  values: readonly number[];
}

export const nabIsThere = existsSync(FOLDER);

export function readNab(): NabSeries[] {
  const labels = JSON.parse(readFileSync(`${FOLDER}windows.json`, 'utf8')) as Record<
    string,
    [string, string][]
  >;
  return Object.entries(labels).map(([name, spans]) => {
    const rows = parse<{ timestamp: string; value: string }>(readFileSync(`${FOLDER}data/${name}`), {
      columns: true,
    });
    const times = rows.map(({ timestamp }) => instant(timestamp));
    const windows = spans.map(([from, to]) => ({
      left: times.findIndex((time) => time >= instant(from)),
      right: times.findLastIndex((time) => time <= instant(to)),
    }));
    return { name, rows: rows.length, times, values: rows.map(({ value }) => Number(value)), windows };
  });
}

const instant = (text: string): number => Date.parse(`${text.replace(' ', 'T')}Z`);
