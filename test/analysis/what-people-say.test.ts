import { describe, expect, test } from 'vitest';
import { whatPeopleSay } from '../../src/analysis/what-people-say.js';
import { maskPersonalData } from '../../src/model/personal-data.js';

const repeat = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i));
const USUAL = [
  'the item never came',
  'the size is wrong',
  'the colour is not as shown',
  'please refund my order',
];
const usual = (count: number) => repeat(count, (i) => USUAL[i % USUAL.length] as string);

describe('what people say', () => {
  test('names the phrase that is new, with texts that have it', () => {
    const texts = [...usual(80), ...repeat(20, (i) => `the battery swells after ${i} days`)];
    const [first] = whatPeopleSay(texts, usual(200));
    expect(first?.term).toMatch(/battery|swells/);
    expect(first).toMatchObject({ texts: 20, textsBefore: 0 });
    expect(first?.examples[0]).toBe('the battery swells after 0 days');
  });

  test('says a phrase and its words once', () => {
    const terms = whatPeopleSay([...usual(80), ...repeat(20, () => 'battery swells')], usual(200));
    expect(terms).toHaveLength(1);
  });

  test('finds words where none are parted by spaces', () => {
    const texts = [...repeat(60, () => '商品没有收到'), ...repeat(20, () => '电池鼓包了')];
    expect(
      whatPeopleSay(
        texts,
        repeat(200, () => '商品没有收到'),
      )
        .map(({ term }) => term)
        .join(),
    ).toMatch(/^(电池|鼓|包|了)+$/);
  });

  test('names nothing when people say what they always said, or too few say more', () => {
    expect(whatPeopleSay(usual(100), usual(400))).toEqual([]);
    expect(whatPeopleSay([...usual(98), 'battery swells', 'battery swells'], usual(200))).toEqual([]);
    expect(whatPeopleSay([], usual(10))).toEqual([]);
    expect(whatPeopleSay(usual(10), [])).toEqual([]);
  });

  test('shows no personal data, and takes none for a word', () => {
    const texts = [
      ...usual(80),
      ...repeat(20, () => 'battery swells, write to ann.lee@example.org or 0171 234 5678'),
    ];
    const found = whatPeopleSay(texts, usual(200));
    expect(JSON.stringify(found)).not.toMatch(/ann|example\.org|5678/);
    expect(found[0]?.examples[0]).toContain('[email]');
  });
});

test.each([
  ['write to ann.lee+shop@example.co.uk now', 'write to [email] now'],
  ['see https://pay.example/x?id=1 please', 'see [link] please'],
  ['call +44 (0)171 234-5678', 'call [number]'],
  ['card 4111 1111 1111 1111', 'card [number]'],
  ['IBAN DE89 3704 0044 0532 0130 00', 'IBAN [account]'],
  ['I am @annlee here', 'I am [handle] here'],
  ['3 of 4 arrived in 2026', '3 of 4 arrived in 2026'],
])('masks personal data: %s', (text, masked) => {
  expect(maskPersonalData(text)).toBe(masked);
});
