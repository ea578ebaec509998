export { batch, type BatchOptions } from './batch.js';
export { classifyErrors } from './classify-errors.js';
export { decodeJson, type DecodeJsonOptions } from './decode-json.js';
export { dedupe, type DedupeOptions } from './dedupe.js';
export { keepAlive, type KeepAliveOptions } from './keep-alive.js';
export { retryBackoff } from './retry-backoff.js';
export { type RetriedRequest, streamWithRetry } from './stream-with-retry.js';
export { watchdog, type WatchdogOptions } from './watchdog.js';
