import type { StoryEntryWire } from '../http/alert-wire.js';
import { formatTime } from './table.js';

/** An alert's story, a line for each turn. What was asked for and has become of is told by what became of it. */
export function storyText(story: readonly StoryEntryWire[]): string {
  const settled = new Set(story.filter(isSettled).map(({ id }) => id));
  const lines: Line[] = [];
  for (const entry of story.filter((each) => !isWatching(each))) {
    if (entry.stream === 'delivery' && !isSettled(entry) && entry.version === 1 && settled.has(entry.id))
      continue;
    const same = isRetry(entry)
      ? lines.find((line) => isRetry(line.entry) && line.entry.id === entry.id)
      : lines.slice(-1).find((line) => isOneMorePoint(line.entry, entry));
    if (same === undefined) lines.push({ from: entry.at, times: 1, entry });
    else {
      same.times += 1;
      same.entry = entry;
    }
  }
  return [
    'What happened (UTC)',
    ...lines.map(({ from, times, entry }) => {
      const text = entry.text ?? `${entry.reason.replaceAll('_', ' ')}, ${entry.actor}`;
      const what = isRetry(entry) ? 'times' : 'points';
      const more = times > 1 ? ` (${times} ${what}, the last ${formatTime(entry.at)})` : '';
      return `  ${formatTime(from)}  ${text}${more}`;
    }),
  ].join('\n');
}

/** Turns of one kind, told in the words of the newest. */
interface Line {
  from: string;
  times: number;
  entry: StoryEntryWire;
}

const SETTLED: ReadonlySet<string> = new Set(['sent', 'superseded', 'failed']);

function isSettled({ stream, reason }: StoryEntryWire): boolean {
  return stream === 'delivery' && SETTLED.has(reason);
}

/** One more point of the same kind is no news; the newest of them says how it stands. */
function isOneMorePoint(last: StoryEntryWire, { stream, reason }: StoryEntryWire): boolean {
  const isPoint = stream === 'alert' && (reason === 'anomalous' || reason === 'recovering');
  return isPoint && last.stream === stream && last.reason === reason;
}

/** A message may be tried hundreds of times while its target is away. */
function isRetry({ stream, reason }: StoryEntryWire): boolean {
  return stream === 'delivery' && reason === 'retry';
}

const WATCHING: ReadonlySet<string> = new Set([
  'still_anomalous',
  'point_in_band',
  'point_out_of_band',
  'point_skipped',
]);

/** A follow-up looks at the same points as its alert, whose story tells of them. */
function isWatching({ stream, reason }: StoryEntryWire): boolean {
  return stream === 'follow_up' && WATCHING.has(reason);
}
