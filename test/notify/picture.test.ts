import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { drawPicture } from '../../src/notify/picture.js';

const svg = (inner: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30">${inner}</svg>`;

test('a picture is drawn, as large as it is asked for', async () => {
  const png = await drawPicture(svg('<path d="M0 5h80" stroke="#000"/>'), 2);
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([180, 60]);
});

test('a drawing that ends the drawing process ends nothing else', async () => {
  // The library dies of a clipped group that lies wholly outside of the picture.
  const clip = '<clipPath id="c"><path d="M0 0h80v20h-80z"/></clipPath>';
  const outside = '<g clip-path="url(#c)"><path d="M0 3896h80" stroke="#000"/></g>';
  await expect(drawPicture(svg(clip + outside), 2)).rejects.toThrow(/could not be drawn/);
  await expect(drawPicture('no drawing', 1)).rejects.toThrow(/could not be drawn/);
});

test('no more are drawn at once than there are processors', async () => {
  const drawings = Array.from({ length: 2 * availableParallelism() + 1 }, () => drawPicture(svg(''), 1));
  let most = 0;
  const watch = setInterval(() => {
    const processes = process.getActiveResourcesInfo().filter((resource) => resource === 'ProcessWrap');
    most = Math.max(most, processes.length);
  }, 5);
  await Promise.all(drawings);
  clearInterval(watch);
  expect(most).toBe(availableParallelism());
});
