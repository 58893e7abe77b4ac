import { expect, it } from 'vitest';
import { brokerRequirements } from '../../scripts/kafka-broker.js';
import { runChaos } from '../chaos/chaos.js';

const requirements = brokerRequirements();
const wanted = process.env.REDRESS_REQUIRE_KAFKA === '1';
if (requirements !== 'ready' && !wanted)
  process.stderr.write(
    `\nLEFT OUT: the test that kills everything (${requirements}): it wants a real Kafka\n\n`,
  );

const seed = Number(process.env.REDRESS_CHAOS_SEED ?? Math.floor(Math.random() * 1e6));

it.skipIf(requirements !== 'ready' && !wanted)(
  `every event counts exactly once, whatever is killed (npm run test:chaos -- --short --seed ${seed})`,
  async () => {
    const told: string[] = [];
    const report = await runChaos({
      seed,
      events: 10_000,
      kills: 5,
      stops: 1,
      zombies: 1,
      say: (line) => told.push(line),
    });
    expect(report.problems, told.join('\n')).toEqual([]);
    expect(report.events).toBe(10_000);
    expect(report.rejected).toBeGreaterThan(50);
    expect(report.points).toBeGreaterThan(1_000);
    expect(report.censuses).toBeGreaterThanOrEqual(2);
  },
  // Some two minutes where nobody else computes; a busy machine takes its time, and is not what is tested.
  900_000,
);
