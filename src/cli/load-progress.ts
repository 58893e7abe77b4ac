import type { FileProgress } from '../ingest/file-source.js';

/** How far a load has come, with what that means for who waits. */
export interface LoadProgress {
  /** From 0 to 1; null where it cannot be known. */
  share: number | null;
  /** Durable ones. */
  eventsPerSecond: number;
  /** Until the end at the rate so far; null where it cannot be known, as while a table is on its way to the store. */
  secondsLeft: number | null;
}

/** What a file's progress after so many seconds of its stage says about the rest of it. */
export function loadProgress(progress: FileProgress, seconds: number): LoadProgress {
  const { stage, share, accepted, rejected } = progress;
  const isKnown = stage === 'loading' && share !== null && share > 0;
  return {
    share,
    eventsPerSecond: seconds > 0 ? Math.round((accepted + rejected) / seconds) : 0,
    secondsLeft: isKnown ? Math.round((seconds * (1 - share)) / share) : null,
  };
}

const BAR = 20;

/** One line for a terminal: a bar, events, rate and the time that is left. */
export function progressWords(progress: FileProgress, seconds: number): string {
  const { share, eventsPerSecond, secondsLeft } = loadProgress(progress, seconds);
  const full = Math.round((share ?? 0) * BAR);
  const bar =
    share === null ? '' : `[${'#'.repeat(full)}${'.'.repeat(BAR - full)}] ${Math.floor(share * 100)} %`;
  const left = secondsLeft === null ? '' : `${durationWords(secondsLeft)} left`;
  return [bar, ...doneWords(progress, eventsPerSecond), left].filter((part) => part !== '').join(', ');
}

function doneWords({ stage, bytesRead, read, accepted, rejected }: FileProgress, rate: number): string[] {
  if (stage === 'sending') return [`${count(bytesRead / 1e6)} MB sent to the store`];
  if (accepted + rejected === 0) return read === 0 ? [] : [`${count(read)} read`];
  return [
    `${count(accepted)} events`,
    ...(rejected === 0 ? [] : [`${count(rejected)} rejected`]),
    `${count(rate)}/s`,
  ];
}

function durationWords(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

const count = (number: number): string => Math.round(number).toLocaleString('en-GB');
