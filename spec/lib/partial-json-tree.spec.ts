import { describe, expect, it } from '@jest/globals';
import { partialTree } from '../../lib/partial-json-tree.js';

describe('partialTree', () => {
  it('puts each part in the place where it belongs', () => {
    const tree = partialTree();
    tree.open('record');
    tree.name('list');
    tree.open('list');
    tree.put(1);
    tree.open('record');
    tree.close();
    tree.put('x');
    tree.close();
    tree.name('more');
    tree.put(null);
    tree.close();
    expect(tree.root).toEqual({ list: [1, {}, 'x'], more: null });
  });

  it('knows what is open', () => {
    const tree = partialTree();
    expect([tree.root, tree.inside, tree.depth]).toEqual([undefined, undefined, 0]);
    tree.open('list');
    tree.open('record');
    expect([tree.inside, tree.depth]).toEqual(['record', 2]);
    tree.close();
    expect([tree.inside, tree.depth]).toEqual(['list', 1]);
    tree.close();
    expect([tree.root, tree.inside, tree.depth]).toEqual([[{}], undefined, 0]);
  });

  it('replaces what is only shown, and keeps what is put', () => {
    const tree = partialTree();
    tree.show('a');
    expect(tree.root).toBe('a');
    tree.open('list');
    tree.show('a');
    tree.show('ab');
    tree.put('abc');
    tree.show('d');
    expect(tree.root).toEqual(['abc', 'd']);
  });

  it('makes a plain member of a name that every object has, again and again', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      const tree = partialTree();
      tree.open('record');
      tree.name(name);
      tree.show({ first: 1 });
      tree.put({ second: 2 });
      expect(Object.getOwnPropertyDescriptors(tree.root)).toEqual({
        [name]: { value: { second: 2 }, writable: true, enumerable: true, configurable: true },
      });
      expect(Object.getPrototypeOf(tree.root)).toBe(Object.prototype);
    }
  });
});
