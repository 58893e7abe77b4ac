import { oneLine } from './wording.js';

/**
 * The picture's size and where the plot lies in it, in pixels. A telephone shows it about 340 wide, less than half of
 * what it is, and what is written in it is still to be read there.
 */
export const WIDTH = 760;
export const HEIGHT = 480;
export const GRID = { left: 88, right: 24, top: 152, bottom: 54 };
export const FONT = 'DejaVu Sans';
export const SIZE = { title: 25, note: 18, axis: 19, mark: 17 };
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
