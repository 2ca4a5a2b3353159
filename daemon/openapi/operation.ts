// What the description says of one operation, and the problems that many of them share.
import type { ProblemCode } from '../http/problems.ts';
import type { ParameterName } from './parameters.ts';
import type { AnswerName, RequestName } from './schemas.ts';

export interface Operation {
  id: string;
  method: 'get' | 'post';
  /** As the router spells it. */
  route: string;
  summary: string;
  parameters?: readonly ParameterName[];
  /** The schemas that a body may satisfy, with the golden samples that show them. */
  takes?: { schemas: readonly RequestName[]; samples: readonly string[] };
  answers: Readonly<Record<number, Answered>>;
  problems: readonly ProblemCode[];
}

/** With `alsoText` it is answered as text/plain too, by Accept. */
export type Answered = {
  words: string;
  headers?: readonly ('Location' | 'ETag' | 'Preference-Applied')[];
} & (
  | { kind: 'json'; schema: AnswerName; samples: readonly string[]; alsoText?: true }
  | { kind: 'events' }
  | { kind: 'openapi' }
  | { kind: 'empty' }
);

/** Of any request, before its route is looked at or when something breaks. */
export const any: readonly ProblemCode[] = [
  'card_number_present',
  'host_unknown',
  'internal_error',
  'kiosk_token_invalid',
  'rate_limited',
];
/** Of one that takes a body. */
export const body: readonly ProblemCode[] = [
  'body_incomplete',
  'body_invalid',
  'body_not_json',
  'body_too_large',
  'content_type_unsupported',
];
