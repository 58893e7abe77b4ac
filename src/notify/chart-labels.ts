import type { Instant } from '../model/clock.js';
import type { ChartData } from './chart-data.js';
import { GRID, SIZE, WIDTH } from './chart-style.js';

/** DejaVu Sans is a wide font: a character takes about two thirds of its height. */
const labelWidth = (label: string): number => label.length * SIZE.mark * 0.64 + 16;

function pixel(at: Instant, data: ChartData): number {
  const share = (at - data.start) / (data.end - data.start);
  return GRID.left + share * (WIDTH - GRID.left - GRID.right);
}

/** How a label at a mark must be turned to stay inside the picture. */
export function alignment(label: string, at: Instant, data: ChartData): 'left' | 'center' | 'right' {
  const half = labelWidth(label) / 2;
  if (pixel(at, data) - half < 8) return 'left';
  return pixel(at, data) + half > WIDTH - 8 ? 'right' : 'center';
}

/** Keeps the marks and empties the labels that would run into the one before. */
export function withoutOverlaps<Mark extends { at: Instant; label: string }>(
  marks: readonly Mark[],
  data: ChartData,
): Mark[] {
  let free = Number.NEGATIVE_INFINITY;
  return [...marks]
    .sort((left, right) => left.at - right.at)
    .map((mark) => {
      const width = labelWidth(mark.label);
      const turned = { left: 0, center: width / 2, right: width }[alignment(mark.label, mark.at, data)];
      const from = pixel(mark.at, data) - turned;
      if (from < free) return { ...mark, label: '' };
      free = from + width;
      return mark;
    });
}
