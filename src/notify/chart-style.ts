import { oneLine } from './wording.js';

/** The picture's size and where the plot lies in it, in pixels. */
export const WIDTH = 1_000;
export const HEIGHT = 500;
export const GRID = { left: 84, right: 28, top: 126, bottom: 48 };
export const FONT = 'DejaVu Sans';
export const COLOUR = {
  text: '#111827',
  quiet: '#4b5563',
  line: '#e5e7eb',
  value: '#1d4ed8',
  expected: '#475569',
  band: '#cbd5e1',
  alert: '#dc2626',
  alertSpan: '#fecaca',
  annotation: '#fde68a',
  annotationText: '#92400e',
};

/** One line of at most so many characters. */
export function cut(text: string, length: number): string {
  const characters = [...oneLine(text)];
  return characters.length <= length ? characters.join('') : `${characters.slice(0, length - 1).join('')}…`;
}
