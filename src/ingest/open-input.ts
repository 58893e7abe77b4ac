import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import { messageOf, RedressError } from '../model/errors.js';

/** A file or a pipe that is being read, unpacked if it was packed. */
export interface Input {
  /** As the user named it; `standard input` for a pipe. */
  name: string;
  /** The first bytes, 64 KiB or all there are: enough to tell what it is. */
  beginning: Buffer;
  /** Where it lies on disk as it is; null for a pipe and for a packed file. */
  plainPath: string | null;
  /** Everything from the first byte. Read it once. Throws `input_unreadable` when it breaks off. */
  body(): AsyncGenerator<Buffer>;
  /** Bytes taken from the disk or the pipe so far. */
  bytesRead(): number;
  /** What there is to read on the disk; null for a pipe. */
  bytesTotal: number | null;
}

const CHUNK = 1 << 20;
const PEEKED = 1 << 16;
/** How packed files begin, and what reads them. */
const PACKINGS = [
  { name: 'gzip', magic: Buffer.from([0x1f, 0x8b]), unpack: gunzipped },
  { name: 'zstd', magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), unpack: unzstded },
];
const LONGEST_MAGIC = 4;

/** How texts begin that Windows programs call Unicode. */
const ENCODINGS = [
  { name: 'utf-16le', mark: Buffer.from([0xff, 0xfe]) },
  { name: 'utf-16be', mark: Buffer.from([0xfe, 0xff]) },
];

/**
 * Opens a file, or `-` for standard input. What is packed, and what is UTF-16, is known by its first bytes and not by its
 * name.
 */
export async function openInput(path: string, standardInput: Readable = process.stdin): Promise<Input> {
  const name = path === '-' ? 'standard input' : path;
  const bytesTotal = path === '-' ? null : await sizeOf(path);
  let bytesRead = 0;
  const count = (chunk: Buffer) => {
    bytesRead += chunk.length;
  };
  const source = path === '-' ? standardInput : createReadStream(path, { highWaterMark: CHUNK });
  const raw = await peek(guarded(source, name, count), LONGEST_MAGIC);
  const packing = PACKINGS.find(({ magic }) => raw.beginning.subarray(0, magic.length).equals(magic));
  const plain =
    packing === undefined ? raw.body() : guarded(packing.unpack(raw.body()), `${name}, as ${packing.name}`);
  const unpacked = await peek(plain, PEEKED);
  const encoding = ENCODINGS.find(({ mark }) => unpacked.beginning.subarray(0, mark.length).equals(mark));
  const { beginning, body } =
    encoding === undefined ? unpacked : await peek(asUtf8(unpacked.body(), encoding.name), PEEKED);
  return {
    name,
    beginning,
    plainPath: packing !== undefined || encoding !== undefined || path === '-' ? null : path,
    body,
    bytesRead: () => bytesRead,
    bytesTotal,
  };
}

async function sizeOf(path: string): Promise<number> {
  try {
    const found = await stat(path);
    if (!found.isDirectory()) return found.size;
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const detail = missing ? 'there is no such file' : messageOf(cause);
    throw new RedressError('input_unreadable', `${path}: ${detail}`, { cause });
  }
  throw new RedressError('input_unreadable', `${path}: this is a folder, a file is wanted`);
}

function gunzipped(body: AsyncGenerator<Buffer>): Readable {
  const packed = Readable.from(body, { objectMode: false });
  const gunzip = createGunzip({ chunkSize: CHUNK });
  packed.on('error', (error) => gunzip.destroy(error));
  return packed.pipe(gunzip);
}

async function* unzstded(body: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const plain: Buffer[] = [];
  // A copy, because the next push may write over what it was given from.
  const unpacker = new Decompress((chunk) => plain.push(Buffer.from(chunk)));
  for await (const chunk of body) {
    unpacker.push(chunk);
    yield* plain.splice(0);
  }
  unpacker.push(Buffer.alloc(0), true);
  yield* plain.splice(0);
}

async function* asUtf8(body: AsyncGenerator<Buffer>, encoding: string): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of body) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}

async function* guarded(
  source: AsyncIterable<unknown>,
  name: string,
  count: (chunk: Buffer) => void = () => undefined,
): AsyncGenerator<Buffer> {
  try {
    for await (const piece of source) {
      const chunk = typeof piece === 'string' ? Buffer.from(piece) : (piece as Buffer);
      count(chunk);
      yield chunk;
    }
  } catch (cause) {
    if (cause instanceof RedressError) throw cause;
    throw new RedressError('input_unreadable', `${name}: ${readProblem(cause)}`, { cause });
  }
}

/** What keeps an input from being read, and what to do about it where that is known. */
function readProblem(cause: unknown): string {
  switch ((cause as NodeJS.ErrnoException).code) {
    case 'EACCES':
    case 'EPERM':
      return 'there is no permission to read it';
    case 'Z_BUF_ERROR':
      return 'breaks off before its end: it was not written or copied whole';
    default:
      return `cannot be read on: ${messageOf(cause)}`;
  }
}

/** Reads at least so many bytes ahead, if there are as many, and gives them back with the rest. */
async function peek(
  chunks: AsyncGenerator<Buffer>,
  bytes: number,
): Promise<{ beginning: Buffer; body: () => AsyncGenerator<Buffer> }> {
  let beginning = Buffer.alloc(0);
  let broken: unknown;
  while (beginning.length < bytes) {
    try {
      const next = await chunks.next();
      if (next.done === true) break;
      beginning = Buffer.concat([beginning, next.value]);
    } catch (error) {
      // What came before the break is good; the body breaks where the input did.
      broken = error;
      break;
    }
  }
  async function* body(): AsyncGenerator<Buffer> {
    if (beginning.length > 0) yield beginning;
    if (broken !== undefined) throw broken;
    yield* chunks;
  }
  return { beginning, body };
}
