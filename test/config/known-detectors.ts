import { z } from 'zod';
import type { KnownDetector } from '../../src/config/plug-ins.js';

/** Stand-ins with one parameter each: these tests are about configuration, not about detectors. */
export const detectors: readonly KnownDetector[] = [
  { name: 'z-score', parameters: z.object({ threshold: z.number().positive().default(3) }) },
  { name: 'seasonal', parameters: z.object({ period: z.enum(['day', 'week']).default('week') }) },
  {
    name: 'cusum',
    parameters: z.object({ drift: z.number().default(0.5), accept_after: z.number().optional() }),
  },
];
