import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes `{ passed, failed, skipped }` to the file named by COUNTS_FILE and prints nothing: jest's own summary is not made to be
 * added up. A suite that could not even load counts as one failure, jest's own numbers leave it out.
 */
export default class CountReporter {
  onRunComplete(_contexts, results) {
    const file = process.env.COUNTS_FILE;
    if (file === undefined) return;
    const counts = {
      passed: results.numPassedTests,
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests + results.numTodoTests,
    };
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(counts));
  }
}
