import { readFileSync } from 'node:fs';

/** The kernel's clock ticks per second: what /proc counts processor time in (USER_HZ, 100 on every Linux). */
const TICKS = 100;

/**
 * Processor time of a process so far, all its threads, in seconds; 0 where there is no /proc. Other than the wall
 * clock it hardly changes with what else the machine does.
 */
export function processorSeconds(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  // Behind the name, which may have spaces: the state is field 3, utime 14, stime 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS;
}

/** The most resident memory that a process has had, in MiB; 0 where there is no /proc. */
export function peakMemory(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
}

/** The resident memory of a process, in MiB; 0 where there is no /proc. */
export function residentMemory(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
}

/** The processes that a process has started and that still run. */
export function childrenOf(pid: number): number[] {
  return read(`/proc/${pid}/task/${pid}/children`)
    .trim()
    .split(' ')
    .filter((child) => child !== '')
    .map(Number);
}

/** A file of /proc; empty once its process is gone. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
