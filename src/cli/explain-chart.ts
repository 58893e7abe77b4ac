import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { RedressError } from '../model/errors.js';
import type { AnalysisChart } from '../notify/analysis-chart.js';
import { svgToPng } from '../notify/png.js';

/** Draws an explanation into a PNG file. Throws `usage` for another ending and for a place that cannot be written to. */
export async function drawExplanation(file: string, chart: AnalysisChart): Promise<void> {
  if (extname(file).toLowerCase() !== '.png')
    throw new RedressError('usage', `--chart ${file}: the picture is a PNG, so the name must end in .png`);
  const { analysisChart } = await import('../notify/analysis-chart.js');
  try {
    await writeFile(file, svgToPng(analysisChart(chart), 2));
  } catch (cause) {
    throw new RedressError('usage', `--chart ${file}: ${(cause as Error).message}`, { cause });
  }
}
