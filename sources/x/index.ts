export {
  type ActivityEventType,
  type ActivitySubscription,
  type ActivitySubscriptionChange,
  type ActivitySubscriptionFilter,
  type ActivitySubscriptionInput,
  createActivitySubscription,
  deleteActivitySubscription,
  listActivitySubscriptions,
  updateActivitySubscription,
} from './activity-subscriptions.js';
export type { ActivityEvent, ActivityFilter, DeletedPost, Follow, News, ProfileUpdate } from './activity.js';
export type { XClientOptions, XOptions } from './api.js';
export { type XBoundOptions, type XClient, xClient } from './client.js';
export {
  complianceEvent,
  type GeoScrub,
  type KindOf,
  type LikeRemoval,
  type LikesComplianceData,
  type LikesComplianceEvents,
  type OneEvent,
  type PostComplianceData,
  type PostComplianceEvents,
  type PostEdit,
  type PostLabelData,
  type PostLabelEvents,
  type PostRemoval,
  type PostSubject,
  type PostWithheld,
  type ProfileModification,
  type PublicNotice,
  type UserChange,
  type UserComplianceData,
  type UserComplianceEvents,
  type UserWithheld,
} from './compliance.js';
export {
  type ConnectionChoice,
  type ConnectionField,
  listConnections,
  type ListConnectionsOptions,
  terminateConnections,
  type TerminatedConnection,
  type TerminatedConnections,
  type XConnection,
  type XEndpointName,
} from './connections.js';
export { createdAt } from './created-at.js';
export { dedupeKey, type KeyOf } from './dedupe-key.js';
export {
  type DedupeKind,
  endpointOf,
  isPartition,
  partitionsOf,
  type PayloadKind,
  type StreamEndpoint,
  type XPartition,
  type XPostStreamName,
  type XStreamName,
  xStreams,
  type XStreams,
} from './endpoints.js';
export {
  activitySchema,
  likeSchema,
  likesComplianceSchema,
  nativePostSchema,
  postComplianceSchema,
  postLabelSchema,
  postSchema,
  userComplianceSchema,
} from './envelope-schemas.js';
export type {
  ActivityEnvelope,
  Envelope,
  LikeEnvelope,
  LikesComplianceEnvelope,
  MatchingRule,
  PartialError,
  PostComplianceEnvelope,
  PostEnvelope,
  PostLabelEnvelope,
  UserComplianceEnvelope,
  XItem,
} from './envelopes.js';
export {
  type LikeExpansion,
  likeExpansions,
  type LikeField,
  likeFields,
  type MediaField,
  mediaFields,
  type PlaceField,
  placeFields,
  type PollField,
  pollFields,
  type PostExpansion,
  postExpansions,
  type TweetField,
  tweetFields,
  type UserField,
  userFields,
} from './fields.js';
export {
  includedPosts,
  type Includes,
  type Media,
  type MediaVariant,
  type Place,
  type PlaceGeo,
  type Poll,
  type PollOption,
  type Topic,
  type User,
  type UserAffiliation,
  type UserEntities,
  type UserPublicMetrics,
} from './includes.js';
export { type Like, likedAuthorId } from './like.js';
export { partitioned, redundant, type RedundantOptions } from './merged.js';
export type {
  ItemMessage,
  KeepAliveMessage,
  MetadataMessage,
  Notice,
  NoticeMessage,
  UnknownMessage,
  XMessage,
} from './messages.js';
export {
  activityStream,
  filteredStream,
  firehoseEnStream,
  firehoseJaStream,
  firehoseKoStream,
  firehosePtStream,
  firehoseStream,
  likesComplianceStream,
  likesFirehoseStream,
  likesSample10Stream,
  openFilteredStream,
  postComplianceStream,
  postLabelsStream,
  powerstream,
  sample10Stream,
  sampleStream,
  userComplianceStream,
} from './named-streams.js';
export type { NativePost, NativeUser } from './native-post.js';
export { openXStream, type XConnectionOptions, type XOpenOptions, type XReadingOptions } from './open-stream.js';
export type {
  AnnotationEntity,
  ContextAnnotation,
  ContextSubject,
  EditControls,
  Entities,
  GeoPoint,
  MediaMetadata,
  MentionEntity,
  Metrics,
  NoteRequestSuggestion,
  NoteTweet,
  Post,
  PostAttachments,
  PostGeo,
  PostPublicMetrics,
  ReferencedPost,
  TagEntity,
  UrlEntity,
  UrlImage,
  Withheld,
} from './post.js';
export { classifyXAnswer, noticeError } from './problem-errors.js';
export type { XErrorCode } from './problem-verdict.js';
export { type MessageReader, messageReader, readMessage, readPowerMessages } from './read-message.js';
export { type ReconciledRule, type ReconcileResult, reconcileRules } from './reconcile-rules.js';
export { xSchedules } from './reconnect.js';
export type { XGap, XRecovery } from './recovery.js';
export {
  type AddedRules,
  addRules,
  type AddSummary,
  type DeletedRules,
  deleteRules,
  type DuplicateRule,
  type RuleChangeOptions,
  type RuleChoice,
  type RuleProblem,
} from './rule-changes.js';
export {
  type ClientAppRules,
  countRules,
  getRules,
  type GetRulesOptions,
  type Rule,
  type RuleCounts,
  type RuleInput,
} from './rules.js';
export type {
  XDeliveryOptions,
  XKeepingOptions,
  XOptionsOf,
  XSessionOptions,
  XStreamMessage,
} from './session-options.js';
export type {
  XBackfillOptions,
  XLikeFieldOptions,
  XPostFieldOptions,
  XPowerstreamOptions,
  XReplayOptions,
  XStreamOptions,
} from './stream-options.js';
export { xMessages, xStream } from './streams.js';
export { type RuleVerdict, validateRules } from './validate-rules.js';
