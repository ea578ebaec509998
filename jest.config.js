export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/spec'],
  testMatch: ['**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/spec/bench/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/spec/(bench|release)/node_modules/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    // the condition `node` of package.json, for sources
    '^#default-transport$': '<rootDir>/lib/node/default-transport',
  },
  transform: { '^.+\\.ts$': ['ts-jest', { useESM: true }] },
  setupFiles: ['<rootDir>/spec/tools/fast-check-seed.js'],
  // jest leaves one core free by default, which is half of a machine with two
  maxWorkers: '100%',
  // modules of finished specs stay in memory: near node's limit of 4 GB the last specs take ten times as long, and time out
  workerIdleMemoryLimit: '1GB',
  // a machine that is busy with something else must not look like a fault
  testTimeout: 60_000,
  injectGlobals: false,
  coverageProvider: 'v8',
};
