import { describe, expect, it } from 'vitest';
import { loadMap, parseMap } from '../../src/ingest/map-file.js';

function problems(text: string): string[] {
  try {
    parseMap('shop.yaml', text);
  } catch (error) {
    expect(error).toMatchObject({ code: 'config_invalid' });
    return (error as Error).message.split('\n');
  }
  throw new Error('the map was accepted');
}

describe('a map file', () => {
  it('gives expressions that know where they stand', () => {
    const text = `timezone: Asia/Tokyo
where: price > 0
events:
  - event_id: id
    type: "'order.placed'"
    occurred_at: placed
    attributes: { sku: sku }
  - { event_id: "concat(id, '-d')", type: "'order.delivered'", occurred_at: delivered, where: delivered IS NOT NULL }
`;
    const map = parseMap('shop.yaml', text);
    expect(map).toMatchObject({
      timezone: 'Asia/Tokyo',
      where: { expression: 'price > 0', place: 'shop.yaml:2:8' },
    });
    expect(map.events.map((event) => event.fields.map(({ field }) => field))).toEqual([
      ['event_id', 'type', 'occurred_at', 'attributes.sku'],
      ['event_id', 'type', 'occurred_at'],
    ]);
    expect(map.events[0]?.fields.at(-1)).toEqual({
      field: 'attributes.sku',
      expression: 'sku',
      place: 'shop.yaml:7:24',
    });
    expect(map.events[1]?.where?.expression).toBe('delivered IS NOT NULL');
  });

  it('reports every mistake at once, each with its place', () => {
    expect(
      problems(`timezone: Mars/Base
wehre: 1
events:
  - event_id: id
    type: [a]
    regoin: country
`),
    ).toEqual([
      expect.stringMatching(/^shop\.yaml:1:11 {2}timezone: is not a time zone/),
      expect.stringMatching(/^shop\.yaml:2:1 {2}wehre: a map has no such setting/),
      expect.stringMatching(/^shop\.yaml:4:5 {2}events\.0\.occurred_at: is missing, and every event has it/),
      expect.stringMatching(/^shop\.yaml:5:11 {2}events\.0\.type: is not an expression/),
      expect.stringMatching(/^shop\.yaml:6:5 {2}regoin: a map has no such setting/),
    ]);
  });

  it('says where it is not YAML, or not there', async () => {
    expect(problems('events: [')).toEqual([expect.stringMatching(/^shop\.yaml:1:10 {2}is not valid YAML/)]);
    expect(problems('')).toHaveLength(1);
    await expect(loadMap('absent.yaml')).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(/^absent\.yaml: cannot read the map/),
    });
  });
});
