// The service in a process of its own, on a clock that the soak moves: `tick` jumps to a moment and looks for work,
// `collect` collects garbage and says what is held. Only what a service holds is in this process.
import { pino } from 'pino';
import { loadConfiguration } from '../../src/config/load.js';
import { SimulatedClock } from '../../src/model/clock.js';
import { knownDetectors } from '../../src/plug-ins.js';
import { startService } from '../../src/service/service.js';
import { openStore } from '../../src/store/open-store.js';

export type Order = { kind: 'tick'; to: number } | { kind: 'collect' } | { kind: 'stop' };

export type Answer =
  | { kind: 'listening'; address: string; clickhouse: string }
  | { kind: 'ticked'; ms: number }
  | { kind: 'held'; heap: number; messages: number }
  | { kind: 'stopped' };

const [folder = '', start = ''] = process.argv.slice(2);
const tell = (answer: Answer) => process.send?.(answer);

const loaded = await loadConfiguration(folder, { env: process.env, ...knownDetectors });
if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
const { configuration } = loaded;
const open = await openStore(configuration.service.clickhouse);
const clock = new SimulatedClock(Number(start));
let messages = 0;
const service = await startService(configuration, open, {
  clock,
  log: pino({ level: 'warn' }, pino.destination(2)),
  print: () => {
    messages += 1;
  },
});

process.on('message', async (order: Order) => {
  switch (order.kind) {
    case 'tick': {
      clock.advanceTo(order.to);
      const begun = performance.now();
      await service.tick();
      tell({ kind: 'ticked', ms: performance.now() - begun });
      break;
    }
    case 'collect':
      globalThis.gc?.();
      tell({ kind: 'held', heap: process.memoryUsage().heapUsed / 2 ** 20, messages });
      break;
    case 'stop':
      await service.stop();
      await open.close();
      tell({ kind: 'stopped' });
      process.disconnect();
  }
});
tell({ kind: 'listening', address: service.address, clickhouse: open.address.url });
