import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtinDetectors } from '../../detectors/index.js';
import { CONFIGURATION_FILES, loadConfiguration } from '../../src/config/load.js';
import { BatchBuilder } from '../../src/ingest/batch.js';
import { decodeEvent } from '../../src/ingest/decode.js';
import { isBlank, type Line, LineSplitter, withoutMark } from '../../src/ingest/line-splitter.js';
import { parseMap } from '../../src/ingest/map-file.js';
import { arrivalOf } from '../../src/ingest/origin.js';
import { readCsvHeader } from '../../src/ingest/table-columns.js';
import { RedressError } from '../../src/model/errors.js';
import type { Arrival } from '../../src/model/event.js';
import { encodeEvent } from '../../src/model/event-json.js';
import { EVENT_FIELDS } from '../../src/model/event-schema.js';
import { parseSlice } from '../../src/model/slice.js';
import { type Origin, packed } from '../../src/store/event-rows.js';
import { ROOT } from '../deployment/repository.js';

/** Something that reads what strangers send, and what must hold whatever that is. */
export interface FuzzTarget {
  name: string;
  /** Its part of all inputs: what is slow gets fewer. */
  share: number;
  /** Inputs that are right, to be spoilt. */
  seeds: readonly string[];
  words: readonly string[];
  /** Throws when a promise is broken. */
  check(input: Buffer): void | Promise<void>;
}

const NOW = Date.UTC(2026, 0, 5);
const ARRIVAL: Arrival = { source: 'file', position: 'fuzz:1', receivedAt: NOW, version: 1n };
const LIMITS = { maxEventBytes: 4_000 };
const REASONS =
  /^(malformed_json|not_an_object|invalid_utf8|too_large|missing_field|wrong_type|invalid_value|invalid_date|unknown_field)$/;

const EVENTS = [
  '{"event_id":"1","type":"order.placed","occurred_at":"2026-01-05T10:00:00+01:00","order_id":"o1","region":"GB","amount":"12.50","currency":"EUR"}',
  '{"event_id":"2","type":"dispute.opened","occurred_at":1767603600000,"case_id":"c","scenario":"damaged","text":"Kaputt 😀","attributes":{"carrier":"x"},"origin_at":"2026-01-01T00:00:00Z","amount":3.5,"currency":"GBP"}',
  '{"event_id":"3","type":"ticket.opened","occurred_at":"2026-01-05T10:00:00.123456Z","started_at":"2026-01-05T09:00:00Z","due_at":"2026-01-06T09:00:00Z","channel":"email","outcome":"buyer_won","merchant_id":"m"}',
];
const EVENT_WORDS = Object.values(EVENT_FIELDS).map(({ name }) => `"${name}":`);

/** An event is taken or kept with a reason; one that is taken is the same after it was written and read again. */
const decoder: FuzzTarget = {
  name: 'decoder',
  share: 1,
  seeds: EVENTS,
  words: EVENT_WORDS,
  check(input) {
    const { accepted, rejected } = decodeEvent(input, ARRIVAL, LIMITS);
    if (rejected !== undefined) {
      assert.match(rejected.reason, REASONS);
      assert.ok(
        rejected.detail !== '' && rejected.raw.length <= Math.max(input.length, LIMITS.maxEventBytes),
      );
      return;
    }
    const again = decodeEvent(JSON.stringify(encodeEvent(accepted.event)), ARRIVAL, { maxEventBytes: 1e6 });
    assert.deepEqual(again.accepted?.event, accepted.event);
  },
};

/** The quick way from bytes to rows gives what the decoder gives. */
const quickWay: FuzzTarget = {
  name: 'quick way',
  share: 0.5,
  seeds: EVENTS,
  words: EVENT_WORDS,
  check(input) {
    const origin: Origin = { source: 'kafka', place: 'events/3/', receivedAt: NOW, versionAt: NOW, turn: 0 };
    const builder = new BatchBuilder('kafka', LIMITS);
    builder.addBytes(input, origin, 7);
    const quickly = builder.take();
    const slowly = decodeEvent(input, arrivalOf(origin, 7), LIMITS);
    if (slowly.accepted === undefined) assert.deepEqual(quickly.rejected, [slowly.rejected]);
    else assert.deepEqual(quickly.accepted.rows, packed([slowly.accepted]).rows);
  },
};

/** However a stream is cut into chunks, its lines are those that its line feeds say. */
const lines: FuzzTarget = {
  name: 'lines',
  share: 0.3,
  seeds: [EVENTS.join('\n'), `\ufeff${EVENTS.join('\r\n')}\n\n`],
  words: ['\n', '\n\n', '\r'],
  check(input) {
    const cut = (size: number): string[] => {
      const splitter = new LineSplitter(1e6);
      const found: string[] = [];
      const take = (line: Line) => {
        isBlank(line);
        found.push(line.bytes.toString('hex', line.from, line.to));
      };
      for (let at = 0; at < input.length; at += size)
        for (const line of splitter.push(input.subarray(at, at + size))) take(line);
      for (const line of splitter.end()) take(line);
      return found;
    };
    const expected = input
      .toString('latin1')
      .split('\n')
      .map((line) => Buffer.from(line, 'latin1'));
    if (expected.at(-1)?.length === 0) expected.pop();
    assert.deepEqual(
      cut(1 + (input.length % 7)),
      expected.map((line, index) => (index === 0 ? withoutMark(line) : line).toString('hex')),
    );
  },
};

const csvHeader: FuzzTarget = {
  name: 'csv header',
  share: 0.05,
  seeds: ['InvoiceNo,StockCode,Quantity\n1,2,3\n', '"a b";"c""d"\n1;2\n', 'x\ty\n'],
  words: ['"', '""', ';', ',', '\t'],
  check(input) {
    onlyRefused('input_unreadable', () => {
      const { names, lines: count } = readCsvHeader('fuzz.csv', input);
      assert.ok(names.length > 0 && count >= 1);
    });
  },
};

const slices: FuzzTarget = {
  name: 'slice',
  share: 0.1,
  seeds: ['all', 'category=toys,region=GB', 'a%3D=b%2C'],
  words: ['=', ',', '%2C', 'all'],
  check: (input) => onlyRefused('usage', () => parseSlice(input.toString())),
};

const map: FuzzTarget = {
  name: 'map file',
  share: 0.03,
  seeds: [readFileSync(join(ROOT, 'config/maps/online-retail.yaml'), 'utf8')],
  words: ['timezone: ', 'where: ', 'events:', '- ', 'event_id: ', 'attributes: {', '&x', '*x'],
  check: (input) =>
    onlyRefused('config_invalid', () => {
      assert.ok(parseMap('fuzz.yaml', input.toString()).events.length > 0);
    }),
};

const folder = mkdtempSync(join(tmpdir(), 'redress-fuzz-'));

/** A configuration is taken whole or refused with every problem's place. */
const configurationFile = (file: string): FuzzTarget => {
  const text = readFileSync(join(ROOT, 'config', file), 'utf8');
  // Most of the annotated file is comments; without them a change hits something that is read.
  const bare = text.replaceAll(/^#\s?(?=[\s-]*[a-z_]+:)/gm, '').replaceAll(/(^|\s)#.*$/gm, '');
  return {
    name: `configuration ${file}`,
    share: 0.004,
    seeds: [text, bare],
    words: [': ', '- ', '[]', '{}', '1h', '-1', 'region', 'all', '&x', '*x', '\t'],
    async check(input) {
      for (const name of Object.values(CONFIGURATION_FILES))
        writeFileSync(
          join(folder, name),
          name === file ? input : readFileSync(join(ROOT, 'config', name), 'utf8'),
        );
      const loaded = await loadConfiguration(folder, { env: {}, detectors: builtinDetectors });
      for (const { file: place, line, column, message } of loaded.ok ? [] : loaded.problems) {
        assert.notEqual(message, '');
        if (place !== 'environment')
          assert.ok(line >= 1 && column >= 1, `${place}:${line}:${column} ${message}`);
      }
    },
  };
};

export const targets: readonly FuzzTarget[] = [
  decoder,
  quickWay,
  lines,
  csvHeader,
  slices,
  map,
  ...Object.values(CONFIGURATION_FILES).map(configurationFile),
];

/** Runs what may refuse its input with one code, and nothing else. */
function onlyRefused(code: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof RedressError) || error.code !== code) throw error;
  }
}
