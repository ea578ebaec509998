export { fileCheckpoint, type FileCheckpoint, type FileCheckpointOptions } from './file-checkpoint.js';
export { nodeTransport, type NodeTransportOptions } from './node-transport.js';
