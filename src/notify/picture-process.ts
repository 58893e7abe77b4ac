// One picture: SVG on standard input, PNG on standard output, the scale as the argument.
import { text } from 'node:stream/consumers';
import { svgToPng } from './png.js';

process.stdout.write(svgToPng(await text(process.stdin), Number(process.argv[2])));
