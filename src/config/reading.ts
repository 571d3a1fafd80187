/** What is being started: the development server, the production server, or any other command. */
export type Command = 'dev' | 'serve' | 'tool';

/** A text understood, or what it must be instead; the fault never repeats the text. */
export type Reading<Value> = { value: Value } | { fault: string };
