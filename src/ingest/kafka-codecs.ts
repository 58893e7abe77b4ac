import { decompress as unzstd } from 'fzstd';
import kafkajs from 'kafkajs';
import lz4 from 'lz4js';
import snappy from 'snappyjs';

/** What begins a batch that a Java producer packed with Snappy: blocks in a frame, each with its length. */
const SNAPPY_FRAME = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const SNAPPY_HEADER_BYTES = 16;

/**
 * Teaches kafkajs to unpack Snappy, LZ4 and zstd; gzip it knows by itself. What is taken was packed by a
 * producer, and nothing is produced here, so there is no way back.
 */
export function registerCodecs(): void {
  // A CommonJS module, of which Node finds only the default export.
  const { CompressionCodecs, CompressionTypes } = kafkajs;
  CompressionCodecs[CompressionTypes.Snappy] = unpacking(unpackSnappy);
  CompressionCodecs[CompressionTypes.LZ4] = unpacking((packed) => lz4.decompress(packed));
  CompressionCodecs[CompressionTypes.ZSTD] = unpacking((packed) => unzstd(packed));
}

function unpacking(unpack: (packed: Buffer) => Uint8Array) {
  return () => ({
    async decompress(packed: Buffer): Promise<Buffer> {
      const plain = unpack(packed);
      return Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength);
    },
    async compress(): Promise<Buffer> {
      throw new Error('nothing is packed here');
    },
  });
}

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
