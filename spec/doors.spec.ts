import { describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { namesBehind } from './architecture/door-names.js';
import { undocumentedExports } from './architecture/documented.js';
import { readDoors } from './tools/doors.js';

const doors = readDoors();

/** What each door gives at run time, sorted. A change here is a change of the public surface: README and CHANGELOG too. */
const names: Record<string, string[]> = {
  tailrace: [
    'StreamError',
    'StreamErrorType',
    'backoffDelay',
    'byteStream',
    'checkCheckpointKey',
    'checkCheckpointPosition',
    'checkpointError',
    'childMonitor',
    'circuitBreaker',
    'classifyAnswer',
    'classifyError',
    'createDelivery',
    'createMonitor',
    'createSseParser',
    'decodeWith',
    'deriveDelivery',
    'exchange',
    'fetchTransport',
    'isAbortError',
    'isDelivery',
    'isStreamError',
    'jitteredDelay',
    'jsonCall',
    'lines',
    'malformed',
    'memoryCheckpoint',
    'parseJson',
    'readGate',
    'readProblem',
    'readRetryAfter',
    'retryBudget',
    'sse',
    'toAsyncIterable',
    'toReadableStream',
    'validate',
  ],
  'tailrace/operators': [
    'ackFilter',
    'ackMap',
    'batch',
    'batchAck',
    'checkpoint',
    'classifyErrors',
    'deadLetter',
    'decodeJson',
    'dedupe',
    'deliver',
    'drain',
    'fromCheckpoint',
    'keepAlive',
    'parallelByKey',
    'redeliver',
    'retryBackoff',
    'shareDeliveries',
    'streamWithRetry',
    'values',
    'watchdog',
  ],
  'tailrace/sources/x': [
    'activitySchema',
    'activityStream',
    'addRules',
    'classifyXAnswer',
    'complianceEvent',
    'countRules',
    'createActivitySubscription',
    'createdAt',
    'dedupeKey',
    'deleteActivitySubscription',
    'deleteRules',
    'endpointOf',
    'filteredStream',
    'firehoseEnStream',
    'firehoseJaStream',
    'firehoseKoStream',
    'firehosePtStream',
    'firehoseStream',
    'getRules',
    'includedPosts',
    'isPartition',
    'likeExpansions',
    'likeFields',
    'likeSchema',
    'likedAuthorId',
    'likesComplianceSchema',
    'likesComplianceStream',
    'likesFirehoseStream',
    'likesSample10Stream',
    'listActivitySubscriptions',
    'listConnections',
    'mediaFields',
    'messageReader',
    'nativePostSchema',
    'noticeError',
    'openFilteredStream',
    'openXStream',
    'partitioned',
    'partitionsOf',
    'placeFields',
    'pollFields',
    'postComplianceSchema',
    'postComplianceStream',
    'postExpansions',
    'postLabelSchema',
    'postLabelsStream',
    'postSchema',
    'powerstream',
    'readMessage',
    'readPowerMessages',
    'reconcileRules',
    'redundant',
    'sample10Stream',
    'sampleStream',
    'terminateConnections',
    'tweetFields',
    'updateActivitySubscription',
    'userComplianceSchema',
    'userComplianceStream',
    'userFields',
    'validateRules',
    'xClient',
    'xMessages',
    'xSchedules',
    'xStream',
    'xStreams',
  ],
  'tailrace/node': ['fileCheckpoint', 'nodeTransport'],
  'tailrace/browser': ['indexedDbCheckpoint', 'localStorageCheckpoint'],
};

describe('the doors of the package', () => {
  it('are the ones listed here', () => {
    expect(doors.map(({ specifier }) => specifier).sort()).toEqual(Object.keys(names).sort());
  });

  it.each(doors)('$specifier exports these names and no other', async ({ specifier, source }) => {
    expect(await namesBehind(source)).toEqual(names[specifier]);
  });

  it('say of everything they export, types included, what it is', () => {
    const sources = doors.map(({ source }) => source);
    expect(undocumentedExports(process.cwd(), sources)).toEqual([]);
  }, 30_000);
});

it('an export without documentation is found, in whatever file it stands', () => {
  const folder = '.tmp';
  mkdirSync(folder, { recursive: true });
  const root = mkdtempSync(join(folder, 'documented-'));
  try {
    writeFileSync(
      join(root, 'a.ts'),
      '/** Said. */\nexport const a = 1;\nexport interface B {}\n/** Said. */\nexport type C = 1;',
    );
    writeFileSync(join(root, 'index.ts'), `export * from './a.js';\nexport function d(): void {}\n`);
    expect(undocumentedExports(root, ['index.ts'])).toEqual(['index.ts: d', 'index.ts: B']);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
