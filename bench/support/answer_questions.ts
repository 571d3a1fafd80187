/**
 * Loaded into a server's process before the server: answers its parent's questions by name, so that the
 * server itself runs as it always does. The process ends with its parent.
 */
const answers = new Map<string, () => unknown>();

export function answerQuestion(name: string, answer: () => unknown): void {
  answers.set(name, answer);
}

/** CPU milliseconds, of user and system, of all threads so far. */
export function ownCpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

if (process.send) {
  answerQuestion('cpu', ownCpu);
  process.on('message', (name: string) => {
    void Promise.resolve(answers.get(name)?.()).then((answer) => process.send?.({ answer }));
  });
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel?.unref();
}
