import type { Detector } from '../src/detection/contract.js';
import { auto } from './auto/auto.js';
import { cusum } from './cusum/cusum.js';
import { ewma } from './ewma.js';
import { levelShift } from './level-shift.js';
import { rate } from './rate.js';
import { seasonal } from './seasonal.js';
import { zScore } from './z-score.js';

/** The detectors that come with Redress: a new one is its file, and one line here. */
export const builtinDetectors: readonly Detector[] = [auto, zScore, rate, seasonal, cusum, ewma, levelShift];
