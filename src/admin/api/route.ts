import type { z } from 'zod';
import type { Configuration } from '../../domain/configuration.ts';
import type { Origin } from '../../domain/origin.ts';
import type { OperatorScope } from '../../policy/operator_rights.ts';
import type { Queryable } from '../../store/database.ts';
import type { AdminDependencies, Administrator } from '../dependencies.ts';
import type { ApiProblemCode } from './problem.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One call of a route, read by its schemas. */
export interface Call<Path, Query, Body> {
  /** The database where nothing changes, else the one transaction of the change. */
  tx: Queryable;
  /** Read in that same transaction where something changes. */
  configuration: Configuration;
  administrator: Administrator;
  origin: Origin;
  path: Path;
  query: Query;
  body: Body;
  /** The version that `If-Match` names; undefined: none. */
  ifMatch: string | undefined;
}

export interface Answer<Body> {
  body: Body;
  status?: 200 | 201;
  /** The version of what is answered, for `If-Match`. */
  version?: number | undefined;
}

interface Shape<
  Path extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Out extends z.ZodType,
> {
  method: Method;
  /** With `{names}` for what `params` reads. */
  path: string;
  /** In camelCase, unique. */
  operationId: string;
  summary: string;
  scope: OperatorScope;
  params?: Path;
  query?: Query;
  body?: Body;
  /** Without a body, `{}` is read. */
  isBodyOptional?: boolean;
  /** Bytes; otherwise 256 KiB. */
  longestBody?: number;
  answer: Out;
  /** Of an answer that is no JSON document: a text, or a stream of one, which is sent as it is. */
  type?: 'text/html' | 'application/x-ndjson';
  status?: 200 | 201;
  /** Beside those that every route has. */
  problems?: readonly ApiProblemCode[];
  /** Takes an `Idempotency-Key`: the answer holds no secret, and is kept for a day. */
  isIdempotent?: boolean;
  /** Takes `If-Match`, and answers with an `ETag`. */
  isVersioned?: boolean;
  handle(
    call: Call<z.output<Path>, z.output<Query>, z.output<Body>>,
    dependencies: AdminDependencies,
  ): Promise<Answer<z.input<Out>>>;
}

/** A route as the list holds it: its schemas read what its handler takes. */
export type Route = Shape<z.ZodObject, z.ZodObject, z.ZodType, z.ZodType>;

/** Describe a route: the schemas validate, type the handler, and make the API description. */
export function defineRoute<
  Path extends z.ZodObject = z.ZodObject,
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodType = z.ZodUndefined,
  Out extends z.ZodType = z.ZodType,
>(route: Shape<Path, Query, Body, Out>): Route {
  return route;
}
