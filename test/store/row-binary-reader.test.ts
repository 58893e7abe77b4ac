import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type RowBinaryReader, rowsOf } from '../../src/store/row-binary-reader.js';
import { testDatabase } from '../support/store.js';

const TEXTS = ['', 'a', 'Größe 中文 \n', 'long '.repeat(1_000)];
const INSTANTS = [0, -1, Date.UTC(1969, 6, 20), Date.UTC(2026, 4, 1, 12, 30, 15, 678), 2 ** 53 - 1];
const STATEMENT = `SELECT {texts:Array(String)}[1 + number % 4], {instants:Array(Int64)}[1 + number % 5], toUInt8(number)
  FROM numbers(20) FORMAT RowBinary`;

const read = (row: RowBinaryReader): [string, number] => {
  const text = row.string();
  const instant = row.int64();
  row.uint8();
  return [text, instant];
};

async function answer(): Promise<Buffer> {
  const { store } = await testDatabase();
  const pieces: Buffer[] = [];
  for await (const piece of store.pieces(STATEMENT, { texts: TEXTS, instants: INSTANTS })) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function readIn(pieces: readonly Buffer[]): Promise<[string, number][]> {
  const found: [string, number][] = [];
  for await (const rows of rowsOf(Readable.from(pieces), read)) found.push(...rows);
  return found;
}

describe('rows as the store sends them', () => {
  it('are read whole, wherever the answer is cut into pieces', async () => {
    const bytes = await answer();
    const expected = Array.from({ length: 20 }, (_, index) => [TEXTS[index % 4], INSTANTS[index % 5]]);
    expect(await readIn([bytes])).toEqual(expected);
    for (let at = 1; at < 200; at += 1)
      expect(await readIn([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(expected);
    const small: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += 7) small.push(bytes.subarray(at, at + 7));
    expect(await readIn(small)).toEqual(expected);
  });

  it('are not taken for all of them when the answer breaks off', async () => {
    const bytes = await answer();
    await expect(readIn([bytes.subarray(0, -1)])).rejects.toThrow('broke off');
  });

  it('nor when the store fails after it has begun to answer', async () => {
    const { store } = await testDatabase();
    const failing = store.pieces(
      `SELECT number, throwIf(number = 3000000, 'gone wrong') FROM numbers(4000000)
       SETTINGS max_threads = 1, max_block_size = 65536 FORMAT RowBinary`,
    );
    let rows = 0;
    const read = async () => {
      for await (const read of rowsOf(failing, (row) => [row.int64(), row.uint8()])) rows += read.length;
    };
    await expect(read()).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(rows).toBeGreaterThan(0);
  });
});
