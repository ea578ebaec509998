export { indexedDbCheckpoint, type IndexedDbCheckpointOptions } from './indexed-db-checkpoint.js';
export {
  localStorageCheckpoint,
  type LocalStorageCheckpointOptions,
  type TextStorage,
} from './local-storage-checkpoint.js';
