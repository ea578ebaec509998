import base from '../../jest.config.js';

/** What goes over the network once more, by `fetch`: what browsers, Deno and Bun have, and Node where it is asked for. */
export default {
  ...base,
  rootDir: '../..',
  moduleNameMapper: { ...base.moduleNameMapper, '^#default-transport$': '<rootDir>/lib/default-transport' },
  testMatch: [
    '<rootDir>/spec/lib/{http,ky,json-call,sse}*.spec.ts',
    '<rootDir>/spec/chaos/*.spec.ts',
    '<rootDir>/spec/operators/*.spec.ts',
    '<rootDir>/spec/sources/*/*.spec.ts',
  ],
};
