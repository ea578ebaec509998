import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { rows } from './checklist.js';

const door = readFileSync('sources/chain/index.ts', 'utf8');
const libDoors = ['lib/index.ts', 'operators/index.ts'].map((path) => readFileSync(path, 'utf8')).join('\n');
const manifest = readFileSync('package.json', 'utf8');

function isExported(name: string, text: string): boolean {
  return new RegExp(`[\\s{,]${name.replace('$', '\\$')}[\\s,}]`).test(text);
}

describe('the Event Streamer SDK, row by row', () => {
  it('is covered from the first row to the last, each once', () => {
    expect(rows.map(([row]) => row)).toEqual(Array.from({ length: 116 }, (_, index) => index + 1));
  });

  it.each(rows)('%d: %s', (_row, _feature, names, places) => {
    expect(names.length + places.length).toBeGreaterThan(1);
    for (const name of names) {
      const known = isExported(name, door) || isExported(name, libDoors) || manifest.includes(`"name": "${name}"`);
      expect({ name, known }).toEqual({ name, known: true });
    }
    for (const place of places) expect({ place, there: existsSync(`spec/${place}`) }).toEqual({ place, there: true });
    const shown = places.map((place) => readFileSync(`spec/${place}`, 'utf8')).join('\n');
    expect(shown).toMatch(/\bit(\.each)?\b/);
  });
});
