export interface Turn {
  write(text: string): void;
  close(): void;
}

/** Who writes now comes first; the others' texts wait. */
const turns: { waiting: string; isClosed: boolean }[] = [];

/** For programs that run at the same time and whose texts are to be read one after the other, the first as it comes. */
export function takeTurn(heading: string): Turn {
  const turn = { waiting: heading, isClosed: false };
  turns.push(turn);
  show();
  return {
    write(text) {
      turn.waiting += text;
      show();
    },
    close() {
      turn.isClosed = true;
      show();
    },
  };
}

function show(): void {
  for (;;) {
    const [first] = turns;
    if (!first) return;
    process.stdout.write(first.waiting);
    first.waiting = '';
    if (!first.isClosed) return;
    turns.shift();
  }
}
