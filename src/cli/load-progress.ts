import type { FileProgress } from '../ingest/file-source.js';

/** How far a load has come, with what that means for who waits. */
export interface LoadProgress {
  /** From 0 to 1; null where it cannot be known. */
  share: number | null;
  eventsPerSecond: number;
  /** Until the end at the rate so far; null where it cannot be known. */
  secondsLeft: number | null;
}

/** What a file's progress after so many seconds says about the rest of it. */
export function loadProgress(progress: FileProgress, seconds: number): LoadProgress {
  const { share, accepted, rejected } = progress;
  return {
    share,
    eventsPerSecond: seconds > 0 ? Math.round((accepted + rejected) / seconds) : 0,
    secondsLeft: share === null || share === 0 ? null : Math.round((seconds * (1 - share)) / share),
  };
}

const BAR = 20;

/** One line for a terminal: a bar, events, rate and the time that is left. */
export function progressWords(progress: FileProgress, seconds: number): string {
  const { share, eventsPerSecond, secondsLeft } = loadProgress(progress, seconds);
  const full = Math.round((share ?? 0) * BAR);
  const bar =
    share === null ? '' : `[${'#'.repeat(full)}${'.'.repeat(BAR - full)}] ${Math.floor(share * 100)} %, `;
  const left = secondsLeft === null ? '' : `, ${durationWords(secondsLeft)} left`;
  const { accepted, rejected } = progress;
  const wrong = rejected === 0 ? '' : `, ${count(rejected)} rejected`;
  return `${bar}${count(accepted)} events${wrong}, ${count(eventsPerSecond)}/s${left}`;
}

function durationWords(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

const count = (number: number): string => number.toLocaleString('en-GB');
