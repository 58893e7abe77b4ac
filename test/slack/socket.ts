import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** What Slack hears back for an envelope. */
export interface Acknowledged {
  envelope_id: string;
  payload: Record<string, unknown>;
}

const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const OPCODE = { text: 1, close: 8, ping: 9, pong: 10 } as const;

/**
 * The server's end of a WebSocket (RFC 6455), as much of it as Socket Mode needs: text in one frame each way, pings,
 * and the closing handshake.
 */
export class ServerSocket {
  readonly #stream: Duplex;
  #buffer = Buffer.alloc(0);
  /** Called with each text that comes. */
  onText: (text: string) => void = () => undefined;
  onClose: () => void = () => undefined;

  constructor(request: IncomingMessage, stream: Duplex) {
    this.#stream = stream;
    const key = createHash('sha1').update(`${request.headers['sec-websocket-key']}${MAGIC}`).digest('base64');
    stream.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`,
    );
    stream.on('data', (chunk: Buffer) => this.#take(chunk));
    stream.on('error', () => undefined);
    stream.on('close', () => this.onClose());
  }

  send(message: object): void {
    this.#frame(OPCODE.text, Buffer.from(JSON.stringify(message)));
  }

  /** Breaks off without a word, as a network does. */
  cut(): void {
    this.#stream.destroy();
  }

  #take(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    for (let frame = this.#next(); frame !== null; frame = this.#next()) {
      if (frame.opcode === OPCODE.text) this.onText(frame.data.toString('utf8'));
      if (frame.opcode === OPCODE.ping) this.#frame(OPCODE.pong, frame.data);
      if (frame.opcode === OPCODE.close) {
        this.#frame(OPCODE.close, frame.data);
        this.#stream.end();
      }
    }
  }

  /** The next whole frame, unmasked; a client's are always masked. */
  #next(): { opcode: number; data: Buffer } | null {
    const bytes = this.#buffer;
    if (bytes.length < 6) return null;
    const opcode = bytes.readUInt8(0) & 0x0f;
    const short = bytes.readUInt8(1) & 0x7f;
    const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
    const head = 2 + extended;
    if (bytes.length < head + 4) return null;
    const length =
      short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
    if (bytes.length < head + 4 + length) return null;
    const mask = bytes.subarray(head, head + 4);
    const data = Buffer.from(bytes.subarray(head + 4, head + 4 + length));
    for (let at = 0; at < data.length; at++) data[at] = (data[at] ?? 0) ^ (mask[at % 4] ?? 0);
    this.#buffer = bytes.subarray(head + 4 + length);
    return { opcode, data };
  }

  #frame(opcode: number, data: Buffer): void {
    const head =
      data.length < 126
        ? Buffer.from([0x80 | opcode, data.length])
        : data.length < 65_536
          ? Buffer.from([0x80 | opcode, 126, data.length >> 8, data.length & 0xff])
          : Buffer.concat([Buffer.from([0x80 | opcode, 127]), bigLength(data.length)]);
    if (this.#stream.writable) this.#stream.write(Buffer.concat([head, data]));
  }
}

function bigLength(length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(length));
  return bytes;
}
