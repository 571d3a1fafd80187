/** What is asked: a pool or an open transaction. The control brings its SQL itself. */
export interface Asked {
  query<Row = Record<string, unknown>>(
    statement: { name: string; text: string },
    values?: unknown[],
  ): Promise<Row[]>;
}
