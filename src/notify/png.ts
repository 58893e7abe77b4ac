import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';

/**
 * Draws an SVG as PNG with the fonts of an npm package, so that text is there, and the same, on a machine that
 * has no fonts. `scale` 2 gives twice the SVG's width and height in pixels.
 */
export function svgToPng(svg: string, scale = 1): Buffer {
  const image = new Resvg(svg, {
    background: '#ffffff',
    fitTo: { mode: 'zoom', value: scale },
    font: { loadSystemFonts: false, fontFiles: FONTS, defaultFontFamily: 'DejaVu Sans' },
  });
  return image.render().asPng();
}

const fontFolder = join(
  dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json')),
  'ttf',
);
const FONTS = [join(fontFolder, 'DejaVuSans.ttf'), join(fontFolder, 'DejaVuSans-Bold.ttf')];
