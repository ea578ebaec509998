import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { pluck } from './pluck.js';
import { postGenerator } from './x/posts.js';
import { snowflake } from './x/snowflake.js';

function lines(seed: number, count: number): string[] {
  const next = postGenerator(seed);
  return Array.from({ length: count }, () => JSON.stringify({ data: next().data }));
}

describe('generated posts', () => {
  it('are the same for the same seed, and are those of the fixture', () => {
    const fixture = readFileSync(new URL('../fixtures/posts/seed-1.ndjson', import.meta.url), 'utf8');
    expect(`${lines(1, 60).join('\r\n')}\r\n`).toBe(fixture);
    expect(lines(2, 1)).not.toEqual(lines(1, 1));
  });

  it('weigh about 1.5 KB a line', () => {
    const all = lines(4, 1_000);
    const mean = all.reduce((sum, line) => sum + Buffer.byteLength(line), 0) / all.length;
    expect(mean).toBeGreaterThan(1_300);
    expect(mean).toBeLessThan(1_700);
  });

  it('have increasing ids of 19 digits, well-formed text, and all that makes text hard', () => {
    const next = postGenerator(6);
    const posts = Array.from({ length: 2_000 }, () => next().data);
    for (const [index, { id, text }] of posts.entries()) {
      expect(id).toMatch(/^\d{19}$/);
      expect(index === 0 || BigInt(id) > BigInt(posts[index - 1]?.id ?? 0)).toBe(true);
      expect(Buffer.from(text).toString()).toBe(text);
    }
    const all = posts.map(({ text }) => text).join();
    for (const hard of ['\u2028', '\u200d', '&amp;', '\n', 'ラーメン', 'ż', 'आ', 'ق', '서울'])
      expect(all).toContain(hard);
    expect(posts.some((post) => post.note_tweet !== undefined)).toBe(true);
    expect(posts.some((post) => post.referenced_tweets?.[0]?.type === 'retweeted')).toBe(true);
  });

  it('have entities at the places that they name, counted in code points', () => {
    const next = postGenerator(8);
    for (let n = 0; n < 200; n++) {
      const { text, entities, note_tweet: note } = next().data;
      const characters = Array.from(note?.text ?? text);
      for (const { start, end, tag } of entities?.hashtags ?? []) {
        expect(characters.slice(start, end).join('')).toBe(`#${tag}`);
      }
    }
  });
});

describe('snowflake', () => {
  it('increases also when the clock stands still or goes back', () => {
    const times = [1_790_000_000_000, 1_790_000_000_000, 1_780_000_000_000];
    const next = snowflake(() => times.shift() ?? 1_790_000_000_001);
    const made = [next(), next(), next(), next()].map(BigInt);
    expect(made.every((id, index) => index === 0 || id > (made[index - 1] ?? 0n))).toBe(true);
  });
});

describe('the envelopes fixture', () => {
  it('holds one line of each kind, and only the malformed ones are no JSON objects', () => {
    const text = readFileSync(new URL('../fixtures/posts/envelopes.ndjson', import.meta.url), 'utf8');
    for (const record of text.trimEnd().split('\n')) {
      const parsed: unknown = JSON.parse(record);
      const kind = pluck(parsed, 'kind');
      expect([kind, /^\{.*\}$/s.test(String(pluck(parsed, 'line')))]).toEqual([
        kind,
        kind !== 'malformed' && kind !== 'heartbeat',
      ]);
    }
  });
});
