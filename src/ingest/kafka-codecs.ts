import { decompress as unzstd } from 'fzstd';
import lz4 from 'lz4js';
import snappy from 'snappyjs';

/** What begins a batch that a Java producer packed with Snappy: blocks in a frame, each with its length. */
const SNAPPY_FRAME = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const SNAPPY_HEADER_BYTES = 16;

/** What unpacks a batch, for the packings that kafkajs does not know by itself. */
export const UNPACKERS: Readonly<Record<'Snappy' | 'LZ4' | 'ZSTD', (packed: Buffer) => Uint8Array>> = {
  Snappy: unpackSnappy,
  LZ4: (packed) => lz4.decompress(packed),
  ZSTD: (packed) => unzstd(packed),
};

function unpackSnappy(packed: Buffer): Uint8Array {
  if (!packed.subarray(0, SNAPPY_FRAME.length).equals(SNAPPY_FRAME)) return snappy.uncompress(packed);
  const blocks: Uint8Array[] = [];
  for (let at = SNAPPY_HEADER_BYTES; at < packed.length; ) {
    const end = at + 4 + packed.readInt32BE(at);
    blocks.push(snappy.uncompress(packed.subarray(at + 4, end)));
    at = end;
  }
  return Buffer.concat(blocks);
}
