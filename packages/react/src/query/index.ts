export { runQueryOptions } from './run-query.ts'
export type { FurtherOptions, TopicHealth, TopicQuery } from './topic-query.ts'
export { subscribeTopicQuery, topicQueryOptions } from './topic-query.ts'
export { useRunQuery, useSuspenseTopicQuery, useTopicQuery } from './use-queries.ts'
