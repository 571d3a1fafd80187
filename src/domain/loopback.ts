const hosts = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether an address names this machine, as browsers write it. */
export const isLoopback = ({ hostname }: URL): boolean => hosts.has(hostname);
