import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { buffer, text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { SECOND } from '../model/clock.js';

/** One that draws for longer is stopped, ms. */
const PATIENCE = 30 * SECOND;

/** The last drawing of each lane: as many at once as there are processors, for whoever has an address may ask for one. */
const lanes: Promise<unknown>[] = Array.from({ length: availableParallelism() }, () => Promise.resolve());
let drawings = 0;

/**
 * Draws an SVG as PNG as `svgToPng` does, in a process of its own: the library ends its whole process on some drawings,
 * and no picture is worth the messages of a service that has gone. Throws when it cannot be drawn.
 */
export function drawPicture(svg: string, scale: number): Promise<Buffer> {
  const lane = drawings++ % lanes.length;
  const picture = (lanes[lane] as Promise<unknown>).then(() => drawn(svg, scale));
  lanes[lane] = picture.catch(() => undefined);
  return picture;
}

async function drawn(svg: string, scale: number): Promise<Buffer> {
  const runsFromSource = import.meta.url.endsWith('.ts');
  const entry = new URL(runsFromSource ? './picture-process.ts' : './picture-process.js', import.meta.url);
  const loader = runsFromSource ? ['--import', 'tsx'] : [];
  const child = spawn(process.execPath, [...loader, fileURLToPath(entry), String(scale)], {
    timeout: PATIENCE,
    killSignal: 'SIGKILL',
  });
  // One that has ended already takes no more; how it ended says why.
  child.stdin.on('error', () => undefined);
  child.stdin.end(svg);
  const [picture, complaint, [code, signal]] = await Promise.all([
    buffer(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
  ]);
  if (code === 0) return picture;
  const [why = ''] = complaint.split('\n');
  throw new Error(`the picture could not be drawn (${signal ?? code}): ${why.slice(0, 200)}`);
}
