import type { FileProgress } from '../ingest/file-source.js';

/** How far a load has come, with what that means for who waits. */
export interface LoadProgress {
  /** From 0 to 1; null where it cannot be known. */
  share: number | null;
  /** Durable ones; of what has been read while none is durable yet. */
  eventsPerSecond: number;
  /** Until the end of the stage at its rate so far; null where it cannot be known. */
  secondsLeft: number | null;
}

/** What a file's progress after so many seconds of its stage says about the rest of it. */
export function loadProgress(progress: FileProgress, seconds: number): LoadProgress {
  const { share, read, accepted, rejected } = progress;
  return {
    share,
    eventsPerSecond: seconds > 0 ? Math.round((accepted + rejected || read) / seconds) : 0,
    secondsLeft: share === null || share === 0 ? null : Math.round((seconds * (1 - share)) / share),
  };
}

const BAR = 20;

/** One line for a terminal: a bar, events, rate and the time that is left. */
export function progressWords(progress: FileProgress, seconds: number): string {
  const { share, eventsPerSecond, secondsLeft } = loadProgress(progress, seconds);
  const full = Math.round((share ?? 0) * BAR);
  const bar =
    share === null ? '' : `[${'#'.repeat(full)}${'.'.repeat(BAR - full)}] ${Math.floor(share * 100)} %`;
  const isSending = progress.stage === 'sending';
  const done = isSending ? sentWords(progress, seconds) : doneWords(progress, eventsPerSecond);
  const left = secondsLeft === null ? '' : durationWords(secondsLeft);
  const end = left === '' ? '' : isSending ? `there in ${left}` : `${left} left`;
  return [bar, ...done, end].filter((part) => part !== '').join(', ');
}

/** Of a table nothing can be said but its bytes, until the store has all of it. */
function sentWords({ bytesRead }: FileProgress, seconds: number): string[] {
  const megabytes = bytesRead / 1e6;
  return [`${count(megabytes)} MB sent`, ...(seconds > 0 ? [`${count(megabytes / seconds)} MB/s`] : [])];
}

function doneWords({ read, accepted, rejected }: FileProgress, rate: number): string[] {
  if (accepted + rejected === 0) return read === 0 ? [] : [`${count(read)} read`, `${count(rate)}/s`];
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
