import { schedule } from 'node-cron';

/**
 * Calls `task` on a cron expression (seconds first), never twice at once: a call that takes longer than the
 * interval lets the next ones go by. Answers how to stop; stopping waits for the call at work.
 */
export function every(expression: string, task: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  const job = schedule(expression, () => {
    if (running !== null) return;
    running = task().finally(() => {
      running = null;
    });
  });
  return async () => {
    await job.stop();
    await running;
  };
}
