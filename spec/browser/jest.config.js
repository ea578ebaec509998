import root from '../../jest.config.js';

/** The tests that drive a browser: `npm run test:browser`. They need Chromium, and minutes where the others need seconds. */
export default {
  ...root,
  rootDir: '../..',
  roots: ['<rootDir>/spec/browser'],
  testMatch: ['**/*.e2e.ts'],
  setupFiles: [],
  maxWorkers: 1,
  // several waits in a row, each of which may take a minute on a busy machine
  testTimeout: 300_000,
};
