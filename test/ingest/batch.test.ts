import { describe, expect, it } from 'vitest';
import { BatchBuilder, PipelinedWriter } from '../../src/ingest/batch.js';
import type { EventSink } from '../../src/ingest/contract.js';

const BATCH = new BatchBuilder('file', { maxEventBytes: 1_000 }).take();
const moment = () => new Promise((done) => setImmediate(done));

/** A sink whose writes end when the test says so. */
class HeldSink implements EventSink {
  readonly writes: { succeed: () => void; fail: (error: Error) => void }[] = [];

  write(): Promise<void> {
    return new Promise((succeed, fail) => this.writes.push({ succeed, fail }));
  }
}

describe('batches on their way to the store', () => {
  it('are two at a time, and the third waits for the first', async () => {
    const sink = new HeldSink();
    const writer = new PipelinedWriter(sink);
    await writer.write(BATCH);
    await writer.write(BATCH);
    const third = writer.write(BATCH);
    await moment();
    sink.writes[1]?.succeed();
    await moment();
    expect(sink.writes).toHaveLength(2);
    sink.writes[0]?.succeed();
    await third;
    expect(sink.writes).toHaveLength(3);
  });

  it('are all waited for at the end, and a failed one is never forgotten', async () => {
    const sink = new HeldSink();
    const writer = new PipelinedWriter(sink);
    await writer.write(BATCH);
    await writer.write(BATCH);
    const finished = writer.finish().then(
      () => 'finished',
      (error: Error) => error.message,
    );
    sink.writes[0]?.fail(new Error('no room'));
    expect(await Promise.race([finished, moment().then(() => 'still waiting')])).toBe('still waiting');
    sink.writes[1]?.succeed();
    expect(await finished).toBe('no room');
    await expect(writer.write(BATCH)).rejects.toThrow('no room');
    await expect(writer.write(BATCH)).rejects.toThrow('no room');
    await expect(writer.finish()).rejects.toThrow('no room');
    expect(sink.writes).toHaveLength(2);
  });
});
