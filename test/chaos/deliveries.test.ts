import { expect, test } from 'vitest';
import { testDatabase } from '../support/store.js';
import { runDeliveryChaos } from './delivery-chaos.js';
import { deliveryConfiguration } from './delivery-configuration.js';

test('no message is lost or doubled when the process is killed and Slack fails', {
  timeout: 180_000,
}, async () => {
  const { store, address } = await testDatabase();
  const report = await runDeliveryChaos({
    ...{ seed: 7, kills: 12, store, address },
    configuration: deliveryConfiguration(false),
    say: () => undefined,
  });
  await store.close();
  expect(report.problems).toEqual([]);
  expect(report.subjects).toBeGreaterThan(3);
});
