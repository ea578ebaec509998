import { describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { parseJson } from '../../lib/decode.js';
import { partialJson, type PartialJson, type PartialJsonOptions } from '../../lib/partial-json.js';

function fed(text: string, options?: PartialJsonOptions): PartialJson {
  const json = partialJson(options);
  json.feed(text);
  return json;
}

/** What is shown after each piece, as text; `-` for nothing. */
function looks(...pieces: string[]): string[] {
  const json = partialJson();
  return pieces.map((piece) => {
    json.feed(piece);
    return json.value === undefined ? '-' : JSON.stringify(json.value);
  });
}

const inPieces = (text: string, size: number): string[] =>
  Array.from({ length: Math.ceil(text.length / size) }, (_, index) => text.slice(index * size, (index + 1) * size));

describe('partialJson, the value so far', () => {
  it('is nothing before the text begins', () => {
    expect(partialJson().value).toBeUndefined();
    expect(fed(' \n').value).toBeUndefined();
    expect(partialJson().isComplete).toBe(false);
  });

  it('grows character by character', () => {
    expect(looks(...inPieces('{"a":["x",1 ,{}]}', 1))).toEqual([
      '{}', // {
      '{}',
      '{}',
      '{}', // "a"
      '{}', // :
      '{"a":[]}', // [
      '{"a":[""]}', // "
      '{"a":["x"]}',
      '{"a":["x"]}', // "
      '{"a":["x"]}', // ,
      '{"a":["x"]}', // 1
      '{"a":["x",1]}', // a space ends the number
      '{"a":["x",1]}', // ,
      '{"a":["x",1,{}]}', // {
      '{"a":["x",1,{}]}', // }
      '{"a":["x",1,{}]}', // ]
      '{"a":["x",1,{}]}', // }
    ]);
  });

  it.each<[string, string[], string[]]>([
    ['a backslash', ['["a\\', 'nb'], ['["a"]', '["a\\nb"]']],
    ['an escaped quote', ['["a\\', '"', '"'], ['["a"]', '["a\\""]', '["a\\""]']],
    ['an escaped backslash before the end', ['["\\\\', '"]'], ['["\\\\"]', '["\\\\"]']],
    ['the digits of \\u', ['["\\', 'u', '0', '04', '1', '"'], ['[""]', '[""]', '[""]', '[""]', '["A"]', '["A"]']],
    ['a raw pair', ['["x\ud83d', '\ude00'], ['["x"]', '["x\u{1f600}"]']],
    ['an escaped pair', ['["x\\ud83d', '\\ude0', '0'], ['["x"]', '["x"]', '["x\u{1f600}"]']],
    ['a pair half raw, half escaped', ['["\\uD83D', '\ude00'], ['[""]', '["\u{1f600}"]']],
    ['a high surrogate without a partner', ['["\ud83d', 'x'], ['[""]', '["\\ud83dx"]']],
    ['a high surrogate at the end', ['["\ud83d', '"'], ['[""]', '["\\ud83d"]']],
    ['two high surrogates', ['["\ud83d', '\ud83d', '\ude00'], ['[""]', '["\\ud83d"]', '["\\ud83d\u{1f600}"]']],
    ['a low surrogate alone', ['["\ude00'], ['["\\ude00"]']],
    ['a number', ['[1', '2', '.', '5e', '-', '1', ','], ['[]', '[]', '[]', '[]', '[]', '[]', '[1.25]']],
    ['a minus', ['[-', '0', ']'], ['[]', '[]', '[0]']],
    [
      'a literal',
      ['[t', 'ru', 'e', ',n', 'ull', ',fals', 'e'],
      ['[]', '[]', '[true]', '[true]', '[true,null]', '[true,null]', '[true,null,false]'],
    ],
    ['a name', ['{"a', 'b', '"', ' :', ' "'], ['{}', '{}', '{}', '{}', '{"ab":""}']],
    ['an escape in a name', ['{"\\u00', '41\\', 'n":"'], ['{}', '{}', '{"A\\n":""}']],
    ['a literal at the top level', ['nul', 'l'], ['-', 'null']],
    ['a string at the top level', ['"', 'a', '"'], ['""', '"a"', '"a"']],
    ['a number at the top level', ['12', '3', ' '], ['-', '-', '123']],
    ['the same name again', ['{"a":{"b":1},"a', '":', '"x'], ['{"a":{"b":1}}', '{"a":{"b":1}}', '{"a":"x"}']],
  ])('shows only what is certain when the text is cut in %s', (_, pieces, shown) => {
    expect(looks(...pieces)).toEqual(shown);
  });

  it('is the same container at every look, changed in place', () => {
    const json = fed('{"list":["a');
    const first = json.value;
    expect(first).toEqual({ list: ['a'] });
    json.feed('b","c"]}');
    expect(json.value).toBe(first);
    expect(first).toEqual({ list: ['ab', 'c'] });
  });

  it('makes a member of every name, as JSON.parse does, and touches no prototype', () => {
    const text = '{"__proto__":{"polluted":"yes"},"constructor":"x","toString":[1],"__proto__":{"again":"y"},"":0}';
    const json = partialJson();
    for (const piece of inPieces(text, 1)) {
      json.feed(piece);
      expect(Object.getPrototypeOf(json.value)).toBe(Object.prototype);
    }
    expect(json.value).toEqual(JSON.parse(text));
    expect(Reflect.ownKeys(Object(json.value))).toEqual(['__proto__', 'constructor', 'toString', '']);
    expect(Object.getOwnPropertyDescriptor(json.value, '__proto__')).toEqual({
      value: { again: 'y' },
      writable: true,
      enumerable: true,
      configurable: true,
    });
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

describe('partialJson, the end', () => {
  it.each(['{}', '[]', '""', 'true', 'null', '{"a":[1]}', ' "x" ', '1 ', '-0\n'])(
    'is known from the text itself for %j',
    (text) => {
      const json = fed(text);
      expect(json.isComplete).toBe(true);
      expect(json.value).toEqual(JSON.parse(text));
      json.feed(' \t\r\n');
      json.end();
      expect([json.isComplete, json.problem]).toEqual([true, undefined]);
    },
  );

  it.each(['0', '-0', '12', '1.50', '1e3', '-1.5E-7', '1e400', '9007199254740993'])(
    'has to be told for the number %s',
    (text) => {
      const json = fed(text);
      expect([json.isComplete, json.value]).toEqual([false, undefined]);
      json.end();
      expect([json.isComplete, json.value]).toEqual([true, JSON.parse(text)]);
    },
  );

  it.each([
    '',
    ' ',
    '-',
    '1.',
    '1e',
    '1e+',
    '"a',
    '"\\',
    'tru',
    '[',
    '[1',
    '[1,',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,',
  ])('is too early after %j', (text) => {
    const json = fed(text);
    const before = JSON.stringify(json.value);
    expect(json.problem).toBeUndefined();
    json.end();
    expect(json.isComplete).toBe(false);
    expect(json.problem).toEqual({
      code: 'invalid_json',
      message: `not JSON: ends too early, after ${text.length} characters`,
    });
    expect(JSON.stringify(json.value)).toBe(before);
  });

  it('leaves room for white space only', () => {
    const json = fed('{"a":1}\n');
    json.feed('{');
    expect([json.isComplete, json.value]).toEqual([false, { a: 1 }]);
    expect(json.problem?.message).toBe('not JSON at character 9');
    const number = fed('12');
    number.end();
    number.feed('3');
    expect([number.isComplete, number.value, number.problem?.message]).toEqual([false, 12, 'not JSON at character 3']);
  });
});

describe('partialJson, a problem', () => {
  it.each<[string, number, string]>([
    ['[1,]', 4, '[1]'],
    ['[,1]', 2, '[]'],
    ['[1 2]', 4, '[1]'],
    ['[1}', 3, '[1]'],
    ['{"a":1]', 7, '{"a":1}'],
    ['{"a":1,}', 8, '{"a":1}'],
    ['{,', 2, '{}'],
    ['{a:1}', 2, '{}'],
    ['{"a" 1}', 6, '{}'],
    ['{"a"::1}', 6, '{}'],
    ['{"x":"y","a\n', 12, '{"x":"y"}'],
    ['["a\tb"]', 4, '["a"]'],
    ['["ab\\x"]', 6, '["ab"]'],
    ['["ab\\u00g0"]', 9, '["ab"]'],
    ['["\ud83d\n"]', 4, '[""]'],
    ['[01]', 3, '[0]'],
    ['[-a]', 3, '[]'],
    ['[1.]', 4, '[]'],
    ['[.5]', 2, '[]'],
    ['[+1]', 2, '[]'],
    ['[1e+]', 5, '[]'],
    ['[1.5.2]', 5, '[1.5]'],
    ['[truE]', 5, '[]'],
    ['[truex]', 6, '[true]'],
    ['[NaN]', 2, '[]'],
    ['\ufeff{}', 1, '-'],
    ['[\u00a0]', 2, '[]'],
  ])('has its place and leaves what was good: %j', (text, place, shown) => {
    expect(parseJson(text).ok).toBe(false);
    for (const size of [1, 2, 99]) {
      const json = partialJson();
      for (const piece of inPieces(text, size)) json.feed(piece);
      json.feed('"more');
      json.end();
      expect(json.problem).toEqual({ code: 'invalid_json', message: `not JSON at character ${place}` });
      expect(json.isComplete).toBe(false);
      expect(json.value === undefined ? '-' : JSON.stringify(json.value)).toBe(shown);
    }
  });

  it('is the same when it comes in a later piece', () => {
    const json = fed('{"a":"b');
    json.feed('c"');
    json.feed('} }');
    expect([json.problem?.message, json.value]).toEqual(['not JSON at character 12', { a: 'bc' }]);
  });

  it('never quotes the text', () => {
    for (const text of ['SECRET-CANARY', '{"SECRET-CANARY" 1', '"SECRET-CANARY\n', '["SECRET-CANARY",]', '"\\CANARY']) {
      const { problem } = fed(text);
      expect(problem?.code).toBe('invalid_json');
      expect(inspect(problem, { depth: 9, showHidden: true })).not.toMatch(/SECRET|CANARY/);
    }
  });

  it('is a text too deep', () => {
    expect(fed('[[{"a":1}]]', { maxDepth: 3 }).isComplete).toBe(true);
    const deep = fed('[1,[{"a":[2]}]]', { maxDepth: 3 });
    expect(deep.problem).toEqual({ code: 'too_deep', message: 'JSON of more than 3 levels' });
    expect(deep.value).toEqual([1, [{}]]);
    expect(fed('['.repeat(256)).problem).toBeUndefined();
    expect(fed('[{"a":'.repeat(100_000)).problem?.message).toBe('JSON of more than 256 levels');
  });

  it('is a text too long, wherever it is cut', () => {
    const text = '["0123456789"]';
    expect(fed(text, { maxLength: 14 }).isComplete).toBe(true);
    for (const size of [1, 3, 99]) {
      const json = partialJson({ maxLength: 8 });
      for (const piece of inPieces(text, size)) json.feed(piece);
      expect(json.problem).toEqual({ code: 'too_long', message: 'JSON of more than 8 characters' });
      expect(json.value).toEqual(['012345']);
    }
    expect(fed('[x' + ' '.repeat(20), { maxLength: 8 }).problem?.code).toBe('invalid_json');
    expect(fed('1'.repeat(20), { maxLength: 8 }).value).toBeUndefined();
  });
});

describe('partialJson, its options', () => {
  it('are refused when they make no sense', () => {
    for (const wrong of [NaN, 0, -1, 1.5, Infinity]) {
      expect(() => partialJson({ maxDepth: wrong })).toThrow(/option "maxDepth" must be a whole number, 1 or more/);
      expect(() => partialJson({ maxLength: wrong })).toThrow(
        /option "maxLength" must be a whole number, 1 to 536870888/,
      );
    }
    expect(() => partialJson({ maxLength: 2 ** 29 })).toThrow(TypeError);
    expect(() => partialJson(JSON.parse('{"maxDepth":null}'))).toThrow(/"maxDepth".*got null/);
    expect(() => partialJson(JSON.parse('{"depth":3}'))).toThrow(/unknown option "depth"/);
    expect(partialJson({ maxDepth: undefined, maxLength: undefined }).problem).toBeUndefined();
  });
});
