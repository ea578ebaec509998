export type { ConnectOptions, Reduction, SameValue, StreamContext, StreamParams } from './connect-stream.js';
export { FrameScheduler } from './frame-scheduler.js';
export { injectMonitor, type InjectMonitorOptions, type MonitorRef } from './inject-monitor.js';
export { injectStream, type StreamRef } from './inject-stream.js';
export {
  provideTailrace,
  type TailraceFeature,
  withCheckpoint,
  withRequest,
  withRetry,
  withServerStreams,
} from './provide-tailrace.js';
export type { RequestAdditions, RequestFeatureOptions, RequestInterceptor } from './request-headers.js';
export type { ServerStreamOptions } from './server-streams.js';
export { type InterceptedRequest, StreamClient } from './stream-client.js';
export type { StreamInput } from './stream-input.js';
export {
  type StreamResource,
  streamResource,
  type StreamResourceSnapshot,
  type StreamResourceStatus,
} from './stream-resource.js';
export type { StreamStatus } from './stream-view.js';
