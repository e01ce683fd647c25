/**
 * Your application's types, by declaration merging:
 *
 * ```ts
 * declare module '@monofil/react' {
 *   interface Register {
 *     topics: { orders: { id: string; total: number } }
 *     workflows: { photos: { input: { folder: string }; result: { count: number } } }
 *   }
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: filled by the application
export interface Register {}

type Topics = Register extends { topics: infer T } ? T : Record<never, never>
type Workflows = Register extends { workflows: infer W } ? W : Record<never, never>

/** A registered topic, or any other. */
export type TopicName = (keyof Topics & string) | (string & {})

/** What the events of a topic carry; unknown for one that is not registered. */
export type TopicData<K extends string> = K extends keyof Topics ? Topics[K] : unknown

/** A registered workflow, or any other. */
export type WorkflowName = (keyof Workflows & string) | (string & {})

type Field<K extends string, F extends string> = K extends keyof Workflows
  ? Workflows[K] extends Record<F, infer V>
    ? V
    : unknown
  : unknown

/** The input of a registered workflow's runs. */
export type WorkflowInput<K extends string> = Field<K, 'input'>

/** The result of a registered workflow's runs. */
export type WorkflowResult<K extends string> = Field<K, 'result'>
