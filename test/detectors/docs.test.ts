import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ZodObject } from 'zod';
import { builtinDetectors } from '../../detectors/index.js';

const page = readFileSync(new URL('../../docs/detectors.md', import.meta.url), 'utf8');

test.each(builtinDetectors.map((detector) => [detector.name, detector] as const))(
  'docs/detectors.md tells of %s and each of its parameters, in the words of the schema',
  (name, detector) => {
    const section = page.split(/^## /m).find((text) => text.startsWith(`\`${name}\``)) ?? '';
    const { shape } = detector.parameters as unknown as ZodObject;
    for (const [parameter, schema] of Object.entries(shape)) {
      expect(section).toContain(`| \`${parameter}\` | ${(schema as { description?: string }).description}`);
    }
  },
);
