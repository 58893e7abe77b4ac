import type { Detector } from '../src/detection/contract.js';
import { auto } from './auto/auto.js';
import { burnRate } from './burn-rate.js';
import { cusum } from './cusum/cusum.js';
import { ewma } from './ewma.js';
import { flatline } from './flatline.js';
import { levelShift } from './level-shift.js';
import { percentChange } from './percent-change.js';
import { rate } from './rate.js';
import { seasonal } from './seasonal/seasonal.js';
import { threshold } from './threshold.js';
import { zScore } from './z-score/z-score.js';

/** The detectors that come with Redress: a new one is its file, and one line here. */
export const builtinDetectors: readonly Detector[] = [
  auto,
  zScore,
  seasonal,
  cusum,
  rate,
  ewma,
  levelShift,
  percentChange,
  threshold,
  burnRate,
  flatline,
];
