import { TestEnvironment } from 'jest-environment-jsdom';

/**
 * What jsdom lacks, or has in a form that Node's own fetch refuses: pages under test talk to real local servers. All of fetch comes from one
 * realm, abort signals and bytes included, because it refuses those of another.
 */
const fromNode = [
  ...['fetch', 'Headers', 'Request', 'Response', 'FormData', 'Blob', 'File', 'URL', 'URLSearchParams'],
  ...['ReadableStream', 'WritableStream', 'TransformStream', 'TextEncoderStream', 'TextDecoderStream'],
  ...['TextEncoder', 'TextDecoder', 'AbortController', 'AbortSignal', 'Uint8Array', 'ArrayBuffer'],
  ...['structuredClone', 'performance', 'setImmediate', 'clearImmediate', 'queueMicrotask'],
];

/** A browser page on Node's network: `@jest-environment ./spec/tools/jsdom-environment.js`. */
export default class extends TestEnvironment {
  async setup() {
    await super.setup();
    const define = (target, name, value) =>
      Object.defineProperty(target, name, { value, configurable: true, writable: true });
    for (const name of fromNode) define(this.global, name, globalThis[name]);
    // Node adds these to its own realm only, and `await using` needs them
    for (const name of ['dispose', 'asyncDispose']) define(this.global.Symbol, name, Symbol[name]);
  }
}
