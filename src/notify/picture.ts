import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { buffer, text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { SECOND } from '../model/clock.js';

/** One that draws for longer is stopped, ms. */
const PATIENCE = 30 * SECOND;

/**
 * Draws an SVG as PNG as `svgToPng` does, in a process of its own: the library ends its whole process on some drawings,
 * and no picture is worth the messages of a service that has gone. Throws when it cannot be drawn.
 */
export async function drawPicture(svg: string, scale: number): Promise<Buffer> {
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
