import { schedule } from 'node-cron';

/**
 * Calls `task` on a cron expression (seconds first), never twice at once: a call that takes longer than the
 * interval lets the next ones go by, and so does a process that is busy or asleep: what is due is found at the next, which
 * is nothing to warn of. Answers how to stop; stopping waits for the call at work.
 */
export function every(expression: string, task: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  const job = schedule(
    expression,
    () => {
      if (running !== null) return;
      running = task().finally(() => {
        running = null;
      });
    },
    { suppressMissedWarning: true },
  );
  return async () => {
    await job.stop();
    await running;
  };
}
