import { describe, expect, it } from '@jest/globals';
import { arrayElements } from '../../../apps/cli/json-elements.js';
import { parseRules } from '../../../apps/cli/rules-file.js';

const cats = { value: 'cats has:images', tag: 'cats' };

describe('a file of rules', () => {
  it.each([
    ['an array', '[\n {"value":"cats has:images","tag":"cats"},\n {"value":"#a [b] \\"c, d\\""}\n]\n'],
    ['objects', '{"value":"cats has:images","tag":"cats","id":"1"}\r\n\r\n{"value":"#a [b] \\"c, d\\"","tag":""}\n'],
    ['plain lines', '\ufeffcats has:images\tcats\n\n#a [b] "c, d"\t\n'],
  ])('may be %s', (_, text) => {
    expect(parseRules(text, 'f')).toEqual([cats, { value: '#a [b] "c, d"' }]);
  });

  it('may be empty, which is for the caller to judge', () => {
    expect(['', ' \n', '[]'].map((text) => parseRules(text, 'f'))).toEqual([[], [], []]);
  });

  it.each([
    ['{"value":"a"}\n{"value":}', /^f:2: not JSON/],
    ['{"value":"a"}\n\n{"tag":"a"}', /^f:3: "value" must be/],
    ['{"value":"a"}\n[]', /^f:2: not an object/],
    ['{"value":"a","tag":1}', /^f:1: "tag" must be/],
    ['{"value":"a","label":"b"}', /^f:1: unknown member "label"/],
    ['[\n{"value":"a"},\n\n{"value":" "}]', /^f:4: "value" must be/],
    ['[{"value":"a"},\n 7]', /^f:2: not an object/],
    ['[\n{"value":"SECRET" x}]', /^f: line 2: not JSON/],
    ['a\tb\tc', /^f:1: more than one tab/],
    ['a\n\tb', /^f:2: no value/],
    ['a\tb\n\na\tc', /^f:3: the same value as in line 1, with another tag/],
  ])('that is wrong is refused with its line: %j', (text, message) => {
    expect(() => parseRules(text, 'f')).toThrow(message);
    expect(() => parseRules(text, 'f')).not.toThrow(/SECRET/);
  });
});

describe('the elements of an array', () => {
  it('come with the line that each begins on, however they are nested', () => {
    const text = '[ {"a": [1, {"b": "]},\\""}]},\n\n  "x",\n3 ]\n';
    expect(arrayElements(text)).toEqual([
      { json: '{"a": [1, {"b": "]},\\""}]}', line: 1 },
      { json: '"x"', line: 3 },
      { json: '3', line: 4 },
    ]);
  });
});
