import { startEngine } from '../../src/store/embedded/engine.js';

/** A process that holds an engine and does nothing else, until it is killed: for `engine.test.ts`. */
const engine = await startEngine({ folder: process.argv[2] ?? '' });
process.stdout.write(`${JSON.stringify({ pid: engine.pid, url: engine.url })}\n`);
setInterval(() => {}, 60_000);
