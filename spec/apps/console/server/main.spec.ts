import { describe, expect, it } from '@jest/globals';
import { readOptions } from '../../../../apps/console/server/main.js';

describe('the options of the console', () => {
  it.each([
    [[], { port: 0, help: false }],
    [['--port', '4200'], { port: 4_200, help: false }],
    [['--port=65535'], { port: 65_535, help: false }],
    [['-h'], { port: 0, help: true }],
  ])('of %j are %j', (args, options) => {
    expect(readOptions(args)).toEqual(options);
  });

  it.each([
    ['--port', '65536'],
    ['--port', '-1'],
    ['--port', '1.5'],
    ['--port', 'x'],
    ['--port='],
    ['--ports', '1'],
    ['page'],
  ])('are none: %s %s', (...args) => {
    expect(() => readOptions(args.filter((arg) => arg !== undefined))).toThrow(/port|page/);
  });
});
