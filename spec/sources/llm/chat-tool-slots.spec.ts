import { describe, expect, it } from '@jest/globals';
import { type ToolFragment, toolSlots } from '../../../sources/llm/chat-tool-slots.js';

type Row = readonly [index: number | undefined, id: string | undefined, name: string, text: string];

const tables: readonly (readonly [title: string, rows: readonly Row[], calls: readonly string[]])[] = [
  [
    'go by index, as OpenAI numbers them',
    [
      [0, 'a', 'f', ''],
      [0, undefined, '', '{"x"'],
      [1, 'b', 'g', ''],
      [0, undefined, '', ':1}'],
      [1, undefined, '', '{}'],
    ],
    ['a f {"x":1}', 'b g {}'],
  ],
  [
    'are told apart by their ids where all are numbered 0',
    [
      [0, 'a', 'f', '{"x"'],
      [0, undefined, '', ':1}'],
      [0, 'b', 'f', '{"y"'],
      [0, undefined, '', ':2}'],
    ],
    ['a f {"x":1}', 'b f {"y":2}'],
  ],
  [
    'are told apart by their ids where none is numbered',
    [
      [undefined, 'a', 'f', '{"x":'],
      [undefined, undefined, '', '1}'],
      [undefined, 'b', 'g', '{}'],
      [undefined, undefined, '', ' '],
    ],
    ['a f {"x":1}', 'b g {} '],
  ],
  [
    'may repeat id and name in each piece',
    [
      [0, 'a', 'f', '{"x"'],
      [0, 'a', 'f', ':1'],
      [0, 'a', 'f', '}'],
      [0, 'a', 'f', ''],
      [0, 'a', 'f', '\n'],
    ],
    ['a f {"x":1}\n'],
  ],
  [
    'may repeat their ids without an index, also in turn',
    [
      [undefined, 'a', 'f', '{'],
      [undefined, 'b', 'g', '{'],
      [undefined, 'a', '', '}'],
      [undefined, 'b', '', '}'],
    ],
    ['a f {}', 'b g {}'],
  ],
  [
    'may come whole, without id and index',
    [
      [undefined, undefined, 'f', '{"x":1}'],
      [undefined, undefined, 'f', '{"x":2}'],
      [undefined, undefined, 'g', ''],
      [undefined, undefined, 'h', ''],
    ],
    ['- f {"x":1}', '- f {"x":2}', '- g ', '- h '],
  ],
  [
    'may come whole, numbered 0, without id',
    [
      [0, undefined, 'f', '{"x":1}'],
      [0, undefined, 'g', '{"x":2}'],
    ],
    ['- f {"x":1}', '- g {"x":2}'],
  ],
  [
    'go to the last one where nothing is said',
    [
      [3, 'a', 'f', '{'],
      [undefined, undefined, '', '}'],
    ],
    ['a f {}'],
  ],
  [
    'are numbered with gaps',
    [
      [5, 'a', 'f', '{}'],
      [2, 'b', 'g', '{}'],
      [5, undefined, '', ' '],
    ],
    ['a f {} ', 'b g {}'],
  ],
  [
    'take their name when it comes late, and keep the first',
    [
      [0, 'a', '', '{'],
      [0, undefined, 'f', '"x":'],
      [0, undefined, 'g', '1}'],
    ],
    ['a f {"x":1}'],
  ],
  [
    'keep apart under one id, which is made unique',
    [
      [0, 'f', 'f', '{"x"'],
      [1, 'f', 'f', '{"y"'],
      [2, 'f', 'f', '{}'],
      [0, 'f', '', ':1}'],
      [1, 'f', '', ':2}'],
    ],
    ['f f {"x":1}', 'f_1 f {"y":2}', 'f_2 f {}'],
  ],
  [
    'are found by id where the number runs on',
    [
      [0, 'a', 'f', '{'],
      [1, 'a', '', '}'],
    ],
    ['a f {}'],
  ],
  [
    'open anew for a fresh id, whatever the index says',
    [
      [0, undefined, 'f', '{}'],
      [0, 'a', 'g', '{}'],
      [undefined, 'b', 'h', '{}'],
    ],
    ['- f {}', 'a g {}', 'b h {}'],
  ],
];

describe('pieces of calls', () => {
  it.each(tables)('%s', (_, rows, calls) => {
    const slots = toolSlots();
    for (const [index, id, name, text] of rows) {
      const fragment: ToolFragment = { index, id, name, text };
      expect(slots.take(fragment).raw.endsWith(text)).toBe(true);
    }
    expect(slots.all.map(({ id = '-', name, raw }) => `${id} ${name} ${raw}`)).toEqual(calls);
    expect(slots.all.map(({ order }) => order)).toEqual(calls.map((_, order) => order));
  });
});
