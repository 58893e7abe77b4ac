import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { builtinDetectors } from '../../detectors/index.js';
import { detectorsPage } from '../../scripts/detectors-page.js';

const page = new URL('../../docs/detectors.md', import.meta.url);

test('docs/detectors.md tells of every detector and parameter in their own words (npx tsx scripts/detectors-page.ts)', () => {
  const text = readFileSync(page, 'utf8');
  expect(text).toBe(detectorsPage(text));
});

test.each(builtinDetectors.map(({ name }) => name))('%s is in the overview and has a picture', (name) => {
  expect(readFileSync(page, 'utf8')).toContain(`| [\`${name}\`](#${name}) |`);
  expect(existsSync(new URL(`pictures/detector-${name}.png`, page))).toBe(true);
});
