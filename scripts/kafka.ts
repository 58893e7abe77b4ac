// `npm run kafka`: a real Apache Kafka on this machine, for trying Redress out. Wants Java 11 or later;
// Kafka's jars are fetched the first time (or set KAFKA_HOME to a Kafka that is already unpacked).
import { parseArgs } from 'node:util';
import { brokerRequirements, startBroker } from './kafka-broker.js';

const USAGE = `usage: npm run kafka -- [--port 9092] [--data .cache/kafka/broker]\n`;
async function main(): Promise<number> {
  const { port, data } = parseArgs({
    options: {
      port: { type: 'string', default: '9092' },
      data: { type: 'string', default: '.cache/kafka/broker' },
    },
  }).values;
  if (!/^\d{1,5}$/.test(port)) return say(USAGE, 2);
  if (brokerRequirements() === 'no_java')
    return say('Kafka needs Java 11 or later, and there is no java on the path\n', 1);
  process.stderr.write(`starting Kafka with its data in ${data}\n`);
  const broker = await startBroker({ port: Number(port), dir: data });
  process.stderr.write('Kafka takes connections; Ctrl-C ends it. In another terminal:\n');
  process.stdout.write(`export KAFKA_BROKERS=${broker.address}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void broker.stop());
  await broker.ended;
  return 0;
}

function say(text: string, status: number): number {
  process.stderr.write(text);
  return status;
}

process.exitCode = await main().catch((error: unknown) =>
  say(`${error instanceof Error ? error.message : String(error)}\n`, 1),
);
